import type { HistoryAnswer } from '@tailboard/contracts/history'
import type { FakeHistory } from './fake-gateway.ts'

const stepMs = 300_000

/** A day of the processor and of two interfaces, five minutes a row, with a peak and an hour's gap. */
export const systemHistory: FakeHistory = (nothing) => {
  const to = Date.parse(nothing.to)
  const from = Math.max(Date.parse(nothing.from), to - 24 * 3_600_000)
  const at = Array.from({ length: Math.floor((to - from) / stepMs) }, (_, row) => from + row * stepMs)
  const gapFrom = at.length / 2
  const column = (value: (row: number) => number) =>
    at.map((_, row) => (row >= gapFrom && row < gapFrom + 12 ? null : value(row)))
  const wave = (row: number) => 20 + 10 * Math.sin(row / 20)
  const peak = Math.floor(at.length / 4)
  const line = (path: string, label: string, unit: string, key: string | null, least: number) => ({
    ...{ path, key, label, unit },
    min: column((row) => least + wave(row)),
    max: column((row) => least + wave(row) + (row === peak ? 60 : 3)),
  })
  return {
    ...nothing,
    at,
    series: [
      line('cpu.usedPercent', 'Processor', '%', null, 0),
      line('network.receivedBytesPerS', 'Download', 'B/s', 'eth0', 1_000),
      line('network.receivedBytesPerS', 'Download', 'B/s', 'wlan0', 500),
    ],
  } satisfies HistoryAnswer
}
