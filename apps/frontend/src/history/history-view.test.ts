import type { HistoryAnswer, HistorySeries } from '@tailboard/contracts/history'
import { seriesPaths } from '@tailboard/contracts/series'
import { type SourceId, sources } from '@tailboard/contracts/sources/index'
import { expect, test } from 'vitest'
import { roomAround } from './chart-options.ts'
import { bandPath, chartsOf, extremes, headlineOf, headlines, latest, stretches } from './history-view.ts'

const line = (min: (number | null)[], max = min, of: Partial<HistorySeries> = {}): HistorySeries => ({
  path: 'cpu.usedPercent',
  key: null,
  label: 'Processor',
  unit: '%',
  min,
  max,
  ...of,
})

test('the line of each card is of fields that its source keeps, and every source with history has one', () => {
  for (const [source, paths] of Object.entries(headlines)) {
    const kept = seriesPaths(sources[source as SourceId].data)
    for (const path of paths) expect([...kept.keys()], source).toContain(path)
  }
  const withHistory = Object.values(sources).filter(({ data }) => seriesPaths(data).size > 0)
  expect(Object.keys(headlines).toSorted()).toEqual(withHistory.map(({ id }) => id).toSorted())
})

test('the elements of a list share a chart; the headline is the first of its fields that has values', () => {
  const answer = {
    series: [
      line([1], [1], { path: 'network.sentBytesPerS', key: 'eth0', label: 'Upload', unit: 'B/s' }),
      line([2], [2], { path: 'climate.temperatureC', label: 'Temperature as measured', unit: null }),
      line([3], [3], { path: 'network.sentBytesPerS', key: 'wlan0', label: 'Upload', unit: 'B/s' }),
    ],
  } as HistoryAnswer
  const charts = chartsOf(answer)
  expect(charts.map(({ path, unit, lines }) => [path, unit, lines.map(({ key }) => key)])).toEqual([
    ['network.sentBytesPerS', 'B/s', ['eth0', 'wlan0']],
    ['climate.temperatureC', '', [null]],
  ])
  expect(headlineOf(charts, 'sensehat')?.path).toBe('climate.temperatureC')
  expect(headlineOf(charts, 'unknown')?.path).toBe('network.sentBytesPerS')
  expect(headlineOf([], 'sensehat')).toBeNull()
})

test('extremes: of both edges, without the gaps; none where there is no value', () => {
  expect(extremes([line([3, null, -2], [4, null, 9]), line([0], [12])])).toEqual({ least: -2, most: 12 })
  expect(extremes([line([null])])).toBeNull()
  expect(extremes([])).toBeNull()
  expect(latest(line([1, 2, null], [1, 5, null]))).toBe(5)
  expect(latest(line([null]))).toBeNull()
})

test('a band runs along the highest and back along the lowest; a gap breaks it', () => {
  const path = bandPath(
    [0, 50, 75, 100],
    line([0, 5, null, 2], [10, 5, null, 2]),
    { least: 0, most: 100 },
    { least: 0, most: 10 },
  )
  expect(path).toBe('M0 0L150 20L150 20L0 40zM300 32L300 32z')
  expect(bandPath([0], line([7]), { least: 0, most: 100 }, { least: 7, most: 7 })).toBe('M0 20L0 20z')
})

test('as a table: equal stretches that lose no peak, empty ones left out', () => {
  const at = [0, 10, 20, 30, 80, 100]
  const lines = [line([5, 1, null, 3, 2, 9], [5, 1, null, 30, 2, 9])]
  expect(stretches(at, lines, 4)).toEqual([
    { fromMs: 0, lines: [{ least: 1, most: 5 }] },
    { fromMs: 25, lines: [{ least: 3, most: 30 }] },
    { fromMs: 75, lines: [{ least: 2, most: 9 }] },
  ])
  expect(stretches([], [], 4)).toEqual([])
  expect(stretches([7], [line([1])], 4)).toEqual([{ fromMs: 7, lines: [{ least: 1, most: 1 }] }])
})

test('the scale leaves room, begins at zero rather than below where nothing is negative', () => {
  expect(roomAround(0, 100)).toEqual([0, 105])
  expect(roomAround(-10, 10)).toEqual([-11, 11])
  expect(roomAround(20, 20)).toEqual([18, 22])
  expect(roomAround(0, 0)).toEqual([0, 1])
  expect(roomAround(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toEqual([0, 1])
})
