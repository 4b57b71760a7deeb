import { elapsedMs, isSameBoot, type Stamp } from '@tailboard/contracts/time'
import { words } from '../words/first-load.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** An age as a person says it. Coarse on purpose: a page that counts seconds is never at rest. */
export function ago(ms: number): string {
  if (ms < 10 * second) return words.age.justNow
  if (ms < minute) return words.age.seconds(Math.floor(ms / (10 * second)) * 10)
  if (ms < hour) return words.age.minutes(Math.floor(ms / minute))
  if (ms < 2 * day) return words.age.hours(Math.floor(ms / hour))
  return words.age.days(Math.floor(ms / day))
}

/** How long ago a stamp was. Across a boot the wall clock may have stood still, so less than the truth may be known. */
export function stampAgo(since: Stamp, now: Stamp): string {
  const said = ago(elapsedMs(since, now))
  return isSameBoot(since, now) ? said : words.age.beforeBoot(said)
}

/** How long until a stamp of this boot. */
export function untilMs(next: Stamp, now: Stamp): number {
  return isSameBoot(next, now) ? next.clock.ms - now.clock.ms : Date.parse(next.at) - Date.parse(now.at)
}

/** A coming moment: `in 40 s`, `now`. */
export function inTime(ms: number): string {
  if (ms < second) return words.age.now
  if (ms < minute) return words.age.inSeconds(Math.ceil(ms / second))
  if (ms < hour) return words.age.inMinutes(Math.round(ms / minute))
  return words.age.inHours(Math.round(ms / hour))
}
