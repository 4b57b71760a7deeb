import { readFileSync } from 'node:fs'
import type { Stamp } from '@tailboard/contracts'

/** Where time comes from. Injected, so that back-off, staleness and a jumping wall clock are tested exactly. */
export interface TimeSource {
  /** Wall time, ms since 1970. May jump. */
  wallMs(): number
  /** CLOCK_MONOTONIC, ms. Never jumps; comparable between processes of one boot. */
  monotonicMs(): number
  /** The id of this boot. */
  boot: string
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // Elsewhere than on Linux nothing tells boots apart: then every process is a boot of its own, and ages are
    // taken from the wall clock.
    return `process-${process.pid}-${Math.round(performance.timeOrigin)}`
  }
}

let bootId: string | undefined

/** The machine's own clocks. */
export const systemTime: TimeSource = {
  wallMs: () => Date.now(),
  // hrtime, not performance.now(): the latter counts from the start of the process.
  monotonicMs: () => Number(process.hrtime.bigint() / 1000n) / 1000,
  get boot() {
    bootId ??= readBootId()
    return bootId
  },
}

/** Now, for a record. */
export function stampNow(time: TimeSource): Stamp {
  return {
    at: new Date(time.wallMs()).toISOString(),
    clock: { boot: time.boot, ms: time.monotonicMs() },
  }
}
