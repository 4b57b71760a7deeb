/** More points than this nobody can tell apart at the width of a card. */
const mostPoints = 150
export const sparkSize = { width: 300, height: 48 } as const

export type Points = readonly (number | null)[]

/** As few points as are drawn: the highest of each stretch, so that no peak is lost. A gap stays one. */
export function bounded(values: Points): Points {
  if (values.length <= mostPoints) return values
  const size = values.length / mostPoints
  return Array.from({ length: mostPoints }, (_, index) => {
    const stretch = values.slice(Math.floor(index * size), Math.floor((index + 1) * size))
    const known = stretch.filter((value) => value !== null)
    return known.length === 0 ? null : Math.max(...known)
  })
}

/** Smallest and largest, or null when there is no value. */
export function extent(values: Points): { least: number; most: number } | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : { least: Math.min(...known), most: Math.max(...known) }
}

export interface Scale {
  from: number
  to: number
}

/** An SVG path through the points, from edge to edge; a null breaks it. Filled down to the ground when `isArea`. */
export function sparkPath(values: Points, { from, to }: Scale, isArea = false): string {
  const { width, height } = sparkSize
  const span = to > from ? to - from : 1
  const place = (value: number) => round(height - ((value - from) / span) * height)
  const step = values.length > 1 ? width / (values.length - 1) : 0
  const parts: string[] = []
  let first: number | null = null
  for (const [index, value] of values.entries()) {
    const x = round(index * step)
    const before = values[index - 1] ?? null
    if (value === null) {
      if (isArea && first !== null) parts.push(`V${height}H${first}z`)
      first = null
      continue
    }
    if (before === null || first === null) {
      first = x
      // A point with no neighbour is still drawn: as a dot, by the round end of a line of no length.
      parts.push(isArea ? `M${x} ${height}V${place(value)}` : `M${x} ${place(value)}h0`)
    } else {
      parts.push(`L${x} ${place(value)}`)
    }
  }
  if (isArea && first !== null) parts.push(`V${height}H${first}z`)
  return parts.join('')
}

const round = (value: number) => Math.round(value * 10) / 10
