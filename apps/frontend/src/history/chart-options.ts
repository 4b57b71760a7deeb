import type { AlignedData, Options, Series } from 'uplot'
import { localTime } from '../format/place-time.ts'
import { said } from '../format/quantity.ts'
import type { Chart } from './history-view.ts'

/** Colours and font as the canvas needs them. */
export interface Look {
  lines: string[]
  text: string
  grid: string
  font: string
}

/** Lines are told apart by these too, not by their colour alone. */
const dashes = [[], [6, 3], [2, 3], [10, 3, 2, 3]]

/** Times in seconds, then the lowest and the highest of each line. */
export function chartData(at: number[], { lines }: Chart): AlignedData {
  return [at.map((ms) => ms / 1000), ...lines.flatMap(({ min, max }) => [min, max])]
}

/** How uPlot draws a chart: for each line its lowest and highest, and between them a band. */
export function chartOptions(of: {
  chart: Chart
  fromMs: number
  toMs: number
  width: number
  height: number
  look: Look
}): Options {
  const { chart, look, fromMs, toMs, width, height } = of
  const series = chart.lines.flatMap((_, index): Series[] => {
    const stroke = look.lines[index % look.lines.length] ?? look.text
    const edge: Series = {
      stroke,
      width: 1.5,
      dash: dashes[index % dashes.length] ?? [],
      points: { size: 4, fill: stroke },
    }
    return [edge, edge]
  })
  const bands = chart.lines.map((_, index) => ({
    series: [2 * index + 2, 2 * index + 1] as [number, number],
    fill: `color-mix(in srgb, ${look.lines[index % look.lines.length]} 25%, transparent)`,
  }))
  const axis = {
    stroke: look.text,
    font: look.font,
    grid: { stroke: look.grid, width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: [fromMs / 1000, toMs / 1000] },
      y: { range: (_, least, most) => roomAround(least, most) },
    },
    axes: [
      { ...axis, space: 70, values: (_, splits) => splits.map((second) => localTime(second * 1000)) },
      { ...axis, size: 76, values: (_, splits) => splits.map((value) => said(value, chart.unit)) },
    ],
    series: [{}, ...series],
    bands,
  }
}

/** A twentieth more on both sides, never below zero where nothing is; a line that never changed lies in the middle. */
export function roomAround(least: number, most: number): [number, number] {
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [0, 1]
  const room = least === most ? Math.abs(least) * 0.1 || 1 : (most - least) * 0.05
  const from = least - room
  return [least >= 0 && from < 0 ? 0 : from, most + room]
}
