import { toColumns } from './font.ts'

/** 64 colours, row by row from the top left, `rrggbb` each. */
export type Picture = string

export const side = 8
export const dark: Picture = '000000'.repeat(side * side)

/** A colour `#rrggbb` at a share of its brightness (0 to 100), without the `#`. */
export function dim(colour: string, percent: number): string {
  const value = Number.parseInt(colour.slice(1), 16)
  const part = (shift: number) => Math.round((((value >> shift) & 0xff) * percent) / 100)
  return [16, 8, 0].map((shift) => part(shift).toString(16).padStart(2, '0')).join('')
}

/** A text that runs from right to left: it begins and ends in the dark. */
export function messagePictures(text: string, colour: string): Picture[] {
  const off = '000000'
  const blank = Array.from({ length: side }, () => 0)
  const columns = [...blank, ...toColumns(text), ...blank]
  return Array.from({ length: columns.length - side + 1 }, (_, from) => {
    const window = columns.slice(from, from + side)
    return Array.from({ length: side * side }, (_, pixel) => {
      const column = window[pixel % side] ?? 0
      return ((column >> Math.floor(pixel / side)) & 1) === 1 ? colour : off
    }).join('')
  })
}

export interface GaugeLook {
  from: number
  to: number
  yellowFrom: number | null
  redFrom: number | null
}

/** How many of the 64 are lit, from the lowest row up. A gauge that is not empty shows at least one. */
export function gaugePicture(value: number | null, look: GaugeLook, brightness: number): Picture {
  if (value === null) {
    // A gauge without a value is told from one that is empty: one blue dot at the top.
    return dim('#2040ff', brightness) + dark.slice(6)
  }
  const share = look.to === look.from ? 0 : (value - look.from) / (look.to - look.from)
  const lit = Math.round(Math.min(1, Math.max(0, share)) * side * side)
  const count = Math.max(share > 0 ? 1 : 0, lit)
  const colour = dim(colourOf(value, look), brightness)
  return Array.from({ length: side * side }, (_, pixel) => {
    const order = (side - 1 - Math.floor(pixel / side)) * side + (pixel % side)
    return order < count ? colour : '000000'
  }).join('')
}

function colourOf(value: number, { yellowFrom, redFrom }: GaugeLook): string {
  if (redFrom !== null && value >= redFrom) return '#ff2000'
  if (yellowFrom !== null && value >= yellowFrom) return '#ffb000'
  return '#00c040'
}
