import * as v from 'valibot'

/** A moment as ISO 8601 in UTC, to the millisecond: `2026-11-21T02:00:00.000Z`. */
export const isoTime = v.pipe(
  v.string(),
  v.regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/,
    'must be a time in UTC like 2026-11-21T02:00:00.000Z',
  ),
  // Date.parse takes the 30th of February for the 2nd of March.
  v.check(
    (value) => new Date(`${value.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(value.slice(8, 10)),
    'must be a day that exists',
  ),
  v.check((value) => !Number.isNaN(Date.parse(value)), 'must be a time that exists'),
)

/**
 * The monotonic clock of one boot of one machine.
 * `boot`: /proc/sys/kernel/random/boot_id. `ms`: CLOCK_MONOTONIC in milliseconds. Both are the same in every
 * process and container of the machine, so that two processes can compare their stamps.
 */
export const clockSchema = v.object({
  boot: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  ms: v.pipe(v.number(), v.finite()),
})
export type Clock = v.InferOutput<typeof clockSchema>

/** A moment as a person reads it (`at`, may be hours wrong on a Pi) and as ages are computed from (`clock`). */
export const stampSchema = v.object({ at: isoTime, clock: clockSchema })
export type Stamp = v.InferOutput<typeof stampSchema>

/** Whether both stamps were taken since the same boot, so that the wall clock plays no part between them. */
export function isSameBoot(a: Stamp, b: Stamp): boolean {
  return a.clock.boot === b.clock.boot
}

/**
 * Milliseconds from `since` to `now`, never negative.
 * Across a boot the wall clock may have stood still with the power off, so the answer is at least the time since boot.
 */
export function elapsedMs(since: Stamp, now: Stamp): number {
  if (isSameBoot(since, now)) return Math.max(0, now.clock.ms - since.clock.ms)
  return Math.max(0, Date.parse(now.at) - Date.parse(since.at), now.clock.ms)
}

/** The stamp `ms` milliseconds after `stamp` (before it, when negative). */
export function stampPlus(stamp: Stamp, ms: number): Stamp {
  return {
    at: new Date(Date.parse(stamp.at) + ms).toISOString(),
    clock: { boot: stamp.clock.boot, ms: stamp.clock.ms + ms },
  }
}

/** Whether `now` is before `until`, by the monotonic clock. What was noted before a boot is past. */
export function isBefore(now: Stamp, until: Stamp): boolean {
  return isSameBoot(now, until) && now.clock.ms < until.clock.ms
}

/** A wall clock that moved by more than this against the monotonic one has jumped (ms). */
export const clockJumpMs = 30_000
