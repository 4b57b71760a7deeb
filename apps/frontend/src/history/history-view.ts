import type { HistoryAnswer, HistorySeries } from '@tailboard/contracts/history'
import type { Aranet4Data } from '@tailboard/contracts/sources/aranet4'

/** The fields of which one has its line on the card: the first that has values. */
export const headlines: Record<string, readonly string[]> = {
  weather: ['now.temperature'],
  sensehat: ['estimate.temperatureC', 'climate.temperatureC'],
  aranet4: ['devices.co2Ppm', 'devices.radonBqM3', 'devices.radiationNsvH', 'devices.temperatureC'],
  pihole: ['queries.blockedPercent'],
  tailscale: ['counts.online'],
  system: ['cpu.usedPercent'],
}

/** What the elements of a source's lists are called, by the key of their line; a key that is missing is its own name. */
export function namesIn(source: string, data: Record<string, unknown>): Record<string, string> {
  if (source !== 'aranet4') return {}
  return Object.fromEntries((data as Aranet4Data).devices.map(({ address, name }) => [address, name]))
}

/** One field over time: a line for each element of a list, else one line. */
export interface Chart {
  path: string
  label: string
  unit: string
  lines: HistorySeries[]
}

/** A chart for each field that the answer holds, in its order. */
export function chartsOf(answer: HistoryAnswer): Chart[] {
  const charts = new Map<string, Chart>()
  for (const line of answer.series) {
    const chart = charts.get(line.path)
    if (chart !== undefined) chart.lines.push(line)
    else charts.set(line.path, { path: line.path, label: line.label, unit: line.unit ?? '', lines: [line] })
  }
  return [...charts.values()]
}

/** The chart that matters most of a source; its first where none is said to. Null: there is no history yet. */
export function headlineOf(charts: Chart[], source: string): Chart | null {
  for (const path of headlines[source] ?? []) {
    const found = charts.find((chart) => chart.path === path)
    if (found !== undefined) return found
  }
  return charts[0] ?? null
}

/** How many moments hold a value. */
export function rowsOf({ lines }: Chart): number {
  const first = lines[0]
  return first === undefined
    ? 0
    : first.max.filter((_, row) => lines.some(({ max }) => max[row] !== null)).length
}

export interface Extremes {
  least: number
  most: number
}

/** Lowest and highest of some lines, or null when none has a value. */
export function extremes(lines: Pick<HistorySeries, 'min' | 'max'>[]): Extremes | null {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const { min, max } of lines) {
    for (const value of min) if (value !== null && value < least) least = value
    for (const value of max) if (value !== null && value > most) most = value
  }
  return least === Number.POSITIVE_INFINITY ? null : { least, most }
}

/** The newest value, which in a row of many samples is its highest. */
export function latest({ max }: HistorySeries): number | null {
  return max.findLast((value) => value !== null) ?? null
}

export const stripSize = { width: 300, height: 40 } as const

/**
 * An SVG path of a line: there along its highest, back along its lowest, so that no peak is lost and a single value is a
 * line of no height. A gap breaks it.
 */
export function bandPath(at: number[], line: HistorySeries, time: Extremes, value: Extremes): string {
  const x = (ms: number) => round(((ms - time.least) / (time.most - time.least || 1)) * stripSize.width)
  const span = value.most - value.least
  // What never changed runs through the middle.
  const y = (each: number) => round(stripSize.height * (span === 0 ? 0.5 : 1 - (each - value.least) / span))
  const parts: string[] = []
  let over: string[] = []
  let under: string[] = []
  const close = () => {
    if (over.length > 0) parts.push(`M${[...over, ...under.reverse()].join('L')}z`)
    over = []
    under = []
  }
  for (const [index, ms] of at.entries()) {
    const min = line.min[index] ?? null
    const max = line.max[index] ?? null
    if (min === null || max === null) {
      close()
      continue
    }
    over.push(`${x(ms)} ${y(max)}`)
    under.push(`${x(ms)} ${y(min)}`)
  }
  close()
  return parts.join('')
}

/** What is said of one stretch of time: lowest and highest of each line. */
export interface Stretch {
  fromMs: number
  lines: (Extremes | null)[]
}

/** The same as numbers to read: at most `count` equal stretches, those without a value left out. */
export function stretches(at: number[], lines: HistorySeries[], count: number): Stretch[] {
  const first = at[0]
  const last = at.at(-1)
  if (first === undefined || last === undefined) return []
  const size = (last - first) / count || 1
  const rowsOf = Array.from({ length: count }, (): number[] => [])
  for (const [row, ms] of at.entries()) {
    rowsOf[Math.min(count - 1, Math.floor((ms - first) / size))]?.push(row)
  }
  return rowsOf.flatMap((rows, index) => {
    const each = lines.map(({ min, max }) =>
      extremes([{ min: rows.map((row) => min[row] ?? null), max: rows.map((row) => max[row] ?? null) }]),
    )
    return each.every((found) => found === null) ? [] : [{ fromMs: first + index * size, lines: each }]
  })
}

const round = (value: number) => Math.round(value * 10) / 10
