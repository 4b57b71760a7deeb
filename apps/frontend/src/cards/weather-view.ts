import type { WeatherData } from '@tailboard/contracts/sources/weather'
import { clockTime, dateAt, weekday } from '../format/place-time.ts'
import { joined, said } from '../format/quantity.ts'
import { words } from '../words/first-load.ts'

export type Hour = WeatherData['hours'][number]
export type Day = WeatherData['days'][number]

const hourMs = 3_600_000
/** How far ahead somebody who leaves the house looks (h). */
const aheadH = 12
/** Less than this in a step is a few drops. */
const wetFrom = { mm: 0.1, in: 0.005 } as const
/** A step that tells an amount is believed from this chance on; one that tells only a chance, from that. */
const believedPercent = { withAmount: 30, alone: 50 } as const

/** An amount in one of the owner's units, or that it is not told. */
export function told(value: number | null, unit: string): string {
  if (value === null) return words.weather.notTold
  if (unit === 'in') return joined({ value: value.toFixed(value < 0.095 ? 2 : 1), unit })
  if (unit === '%') return joined({ value: String(Math.round(value)), unit })
  return unit.startsWith('°') ? degrees(value) : said(value, unit)
}

/** With a minus as wide as the plus, and no minus before a zero. */
const signed = (value: number) => (value < 0 ? `−${-value}` : String(value + 0))

/** Whole degrees: a forecast is no better than that. */
export function degrees(value: number | null): string {
  return value === null ? words.dash : `${signed(Math.round(value))}°`
}

/** The steps that are not over yet. */
export function upcoming({ hours, hoursPerStep }: WeatherData, nowMs: number): Hour[] {
  return hours.filter(({ at }) => Date.parse(at) + hoursPerStep * hourMs > nowMs)
}

/** The days that are not over yet at the place, with what to call them. */
export function daysAhead({ days, place }: WeatherData, nowMs: number): (Day & { name: string })[] {
  const today = dateAt(nowMs, place)
  return days
    .filter(({ date }) => date >= today)
    .map((day) => ({ ...day, name: day.date === today ? words.weather.today : weekday(day.date) }))
}

function isWet({ precipitation, precipitationPercent: chance }: Hour, unit: 'mm' | 'in'): boolean {
  if (precipitation === null) return chance !== null && chance >= believedPercent.alone
  return precipitation >= wetFrom[unit] && (chance === null || chance >= believedPercent.withAmount)
}

const isSnowy = ({ condition }: { condition: string }) => condition.startsWith('snow')

const chanceIn = (steps: Hour[]): number | null => {
  const chances = steps.flatMap(({ precipitationPercent }) => precipitationPercent ?? [])
  return chances.length === 0 ? null : Math.max(...chances)
}

/** What a person who leaves the house asks, in one sentence. Only an umbrella that helps is named: not against snow. */
export function umbrella(weather: WeatherData, nowMs: number): { isWet: boolean; text: string } {
  const { now, units, place, hoursPerStep } = weather
  const said = words.weather
  const steps = upcoming(weather, nowMs).filter(({ at }) => Date.parse(at) < nowMs + aheadH * hourMs)
  const wet = (step: Hour) => isWet(step, units.precipitation)
  const first = steps.findIndex(wet)
  if (now.precipitation !== null && now.precipitation >= wetFrom[units.precipitation]) {
    const dry = steps.find((step) => !wet(step) && Date.parse(step.at) > nowMs)
    const until = dry === undefined ? '' : said.until(clockTime(dry.at, place))
    return { isWet: true, text: `${isSnowy(now) ? said.snowNow : said.wetNow(said.what.rain)}${until}.` }
  }
  const firstWet = steps[first]
  if (firstWet !== undefined) {
    const time = clockTime(firstWet.at, place)
    const wetSteps = steps.filter(wet)
    const amounts = wetSteps.flatMap(({ precipitation }) => precipitation ?? [])
    const sum = amounts.reduce((all, one) => all + one, 0)
    const chance = chanceIn(wetSteps)
    const text = [
      isSnowy(firstWet) ? said.snowLater(time) : said.wetLater(said.what.rain, time),
      amounts.length === 0 ? '' : said.amount(told(sum, units.precipitation)),
      chance === null ? '' : said.chanceOf(`${Math.round(chance)}\u00a0%`),
    ]
    return { isWet: true, text: `${text.join('')}.` }
  }
  const chance = chanceIn(steps)
  if (chance === null && !steps.some(({ precipitation }) => precipitation !== null)) {
    return { isWet: false, text: said.rainUnknown }
  }
  const reachH = Math.min(aheadH, steps.length * hoursPerStep)
  const most = chance === null || chance === 0 ? '' : said.dryChance(`${Math.round(chance)}\u00a0%`)
  return { isWet: false, text: `${said.dry(reachH)}${most}.` }
}

/** Where the wind comes from, in words. */
export function windFrom(fromDegrees: number | null): string | null {
  return fromDegrees === null ? null : (words.weather.windFrom[Math.round(fromDegrees / 45) % 8] ?? null)
}

/** Only a web address becomes a link: the text came over the network. */
export function webAddress(url: string): string | null {
  try {
    const { protocol, href } = new URL(url)
    return protocol === 'https:' || protocol === 'http:' ? href : null
  } catch {
    return null
  }
}
