import type { PiholeData } from '@tailboard/contracts/sources/pihole'
import { count, duration } from '../format/quantity.ts'
import type { Standing } from '../ui/Headline.svelte'
import { extent } from '../ui/sparkline.ts'
import { words } from '../words/first-load.ts'
import type { Action } from './CommandButtons.svelte'

/** `4:05`, `1:04:05`: a time that runs down, by the second. */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`
}

/** Whether Pi-hole blocks, as a headline. `ageMs` is the age of the reading: its timer has run on since. */
export function standing({ state, remainingS }: PiholeData['blocking'], ageMs: number): Standing {
  const said = words.pihole
  const leftS = remainingS === null ? null : remainingS - ageMs / 1000
  switch (state) {
    case 'enabled':
      if (leftS === null) return { tone: 'ok', icon: 'check', text: said.on }
      return leftS > 0
        ? { tone: 'ok', icon: 'check', text: said.onFor(countdown(leftS)) }
        : { tone: 'quiet', icon: 'clock', text: said.on, note: said.timeUpOff }
    case 'disabled':
      if (leftS === null) return { tone: 'warn', icon: 'off', text: said.off, note: said.offUntil }
      return leftS > 0
        ? { tone: 'warn', icon: 'off', text: said.offFor(countdown(leftS)) }
        : { tone: 'quiet', icon: 'clock', text: said.off, note: said.timeUp }
    case 'failed':
      return { tone: 'bad', icon: 'warning', text: said.failed, note: said.failedHint }
    case 'unknown':
      return { tone: 'quiet', icon: 'info', text: said.unknown }
  }
}

const { actions: names } = words.pihole

/** What may be asked of it, always in the same places: a button that vanished would take the focus with it. */
export const actions: Action[] = [
  { word: names.off5, verb: 'disable', args: { minutes: 5 } },
  { word: names.off30, verb: 'disable', args: { minutes: 30 } },
  { word: names.offOpen, verb: 'disable', args: { minutes: null } },
  { word: names.on, verb: 'enable' },
]

/** A count, or that Pi-hole does not tell it. */
export function counted(value: number | null): string {
  return value === null ? words.pihole.notTold : count(value)
}

/** What the drawing of the last 24 hours shows, in words. */
export function historyLabel(history: NonNullable<PiholeData['history']>): string {
  const most = extent(history.total)?.most
  const stopped = extent(history.blocked)?.most
  const slot = duration(history.slotS * 1000)
  return [
    most === undefined ? words.pihole.noHistory : words.pihole.history(count(most), slot),
    stopped === undefined ? '' : words.pihole.historyStopped(count(stopped)),
  ].join('')
}

/** Newer versions in words; that there are none; or that nobody knows. */
export function updatesOf({ updates }: PiholeData['software']): string {
  if (updates === null) return words.pihole.notTold
  if (updates.length === 0) return words.pihole.noUpdates
  return updates
    .map(({ part, installed, latest }) => words.pihole.update(words.pihole.parts[part], installed, latest))
    .join('\n')
}
