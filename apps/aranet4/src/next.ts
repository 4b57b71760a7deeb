import type { Heard } from './heard.ts'

/** So long after a measurement is due it is surely in the air (s). */
const marginS = 4
/** Devices whose measurements fall this close together are heard in one run (s). */
const togetherS = 30

/**
 * When to look again (s from now): right after the next measurement that we want. Null when no device says.
 * @param pollS what the owner wants from run to run; a device that measures more often is not asked more often
 */
export function nextInS(devices: { intervalS: number | null; ageS: number }[], pollS: number): number | null {
  const due = devices
    .flatMap(({ intervalS, ageS }) => (intervalS === null ? [] : [nextWanted(intervalS, ageS, pollS)]))
    .sort((a, b) => a - b)
  const [first] = due
  if (first === undefined) return null
  return Math.max(first, ...due.filter((each) => each <= first + togetherS))
}

function nextWanted(intervalS: number, ageS: number, pollS: number): number {
  const earliest = Math.max(1, pollS - intervalS / 2)
  const first = intervalS - ageS + marginS
  // An age beyond its interval: the device is behind, its next measurement may come at any moment.
  const skipped = Math.max(0, Math.ceil((earliest - first) / intervalS))
  return first + skipped * intervalS
}

/** What `nextInS` needs of what was heard, `sinceMs` ago. */
export function clockOf({ decoded }: Heard, sinceMs: number): { intervalS: number | null; ageS: number }[] {
  const { values } = decoded
  return values === null ? [] : [{ intervalS: values.intervalS, ageS: values.ageS + sinceMs / 1000 }]
}
