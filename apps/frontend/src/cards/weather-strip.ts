import type { WeatherData } from '@tailboard/contracts/sources/weather'
import { clockTime } from '../format/place-time.ts'
import { extent } from '../ui/sparkline.ts'
import { words } from '../words/first-load.ts'
import { degrees, type Hour, told } from './weather-view.ts'

/** Height and width of one step, in the units of the drawing. */
export const stripSize = { step: 10, height: 40 } as const
/** Rain that fills the strip: what a person calls heavy. More makes the scale larger. */
const heavy = { mm: 4, in: 0.16 } as const

export interface Strip {
  /** In words, for whom the drawing says nothing. */
  label: string
  width: number
  bars: { x: number; y: number; height: number }[]
  /** Temperature as an SVG path; a gap where it is not told. */
  line: string
  /** What stands below, each for the same share of the width. */
  marks: { at: string; time: string; temperature: string; hour: Hour }[]
}

/** The coming hours as a drawing. Null when there are none. */
export function stripOf(hours: Hour[], weather: WeatherData): Strip | null {
  const { units, place, hoursPerStep } = weather
  const steps = hours.slice(0, Math.ceil(24 / hoursPerStep))
  if (steps.length === 0) return null
  const perMark = Math.max(1, Math.round(4 / hoursPerStep))
  const marks = steps
    .filter((_, index) => index % perMark === 0)
    .map((hour) => ({
      at: hour.at,
      time: clockTime(hour.at, place),
      temperature: degrees(hour.temperature),
      hour,
    }))
  const range = extent(steps.map(({ temperature }) => temperature))
  const rain = steps.map(({ precipitation }) => precipitation)
  const most = Math.max(heavy[units.precipitation] * hoursPerStep, extent(rain)?.most ?? 0)
  return {
    label: labelOf(range, rain, units),
    width: marks.length * perMark * stripSize.step,
    bars: rain.flatMap((amount, index) => {
      if (amount === null || amount === 0) return []
      const height = round(Math.max(1.5, (amount / most) * stripSize.height))
      return [{ x: index * stripSize.step + 1, y: round(stripSize.height - height), height }]
    }),
    line: lineOf(steps, range),
    marks,
  }
}

function labelOf(
  range: ReturnType<typeof extent>,
  rain: (number | null)[],
  units: WeatherData['units'],
): string {
  const known = rain.filter((amount) => amount !== null)
  const sum = known.reduce((all, one) => all + one, 0)
  const temperature =
    range === null
      ? words.weather.ahead
      : words.weather.strip(told(range.least, units.temperature), told(range.most, units.temperature))
  if (known.length === 0) return temperature
  return `${temperature}${sum === 0 ? words.weather.stripDry : words.weather.stripRain(told(sum, units.precipitation))}`
}

function lineOf(steps: Hour[], range: ReturnType<typeof extent>): string {
  if (range === null) return ''
  const margin = 6
  const span = Math.max(range.most - range.least, 1)
  let isDrawing = false
  return steps
    .map(({ temperature }, index) => {
      if (temperature === null) {
        isDrawing = false
        return ''
      }
      const x = index * stripSize.step + stripSize.step / 2
      const share = (temperature - range.least) / span
      const y = round(stripSize.height - margin - share * (stripSize.height - 2 * margin))
      const part = isDrawing ? `L${x} ${y}` : `M${x} ${y}h0`
      isDrawing = true
      return part
    })
    .join('')
}

const round = (value: number) => Math.round(value * 10) / 10
