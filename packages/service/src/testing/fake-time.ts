import type { TimeSource } from '../clock.ts'

/** A clock that a test moves. `advance` is time passing; `jump` is the wall clock being set. */
export class FakeTime implements TimeSource {
  boot = 'boot-1'
  #wallMs: number
  #monotonicMs: number

  constructor(wall = '2026-11-21T02:00:00.000Z', monotonicMs = 1_000_000) {
    this.#wallMs = Date.parse(wall)
    this.#monotonicMs = monotonicMs
  }

  wallMs(): number {
    return this.#wallMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  advance(ms: number): void {
    this.#wallMs += ms
    this.#monotonicMs += ms
  }

  jump(ms: number): void {
    this.#wallMs += ms
  }

  /** Power off for `ms`, as a machine without a clock of its own sees it: the wall clock stood still. */
  reboot(boot: string): void {
    this.boot = boot
    this.#monotonicMs = 5_000
  }
}
