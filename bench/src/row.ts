/** One line of the table: what the mission asks, and what was seen. */
export interface Row {
  measure: string
  goal: string
  line: string
  measured: string
  /** How it was taken, and against what in the same run. */
  how: string
  /** Whether the goal is reached. Null: this row has none, or was not measured. */
  isReached: boolean | null
  /** Whether the line is held. Null: this row has none, or was not measured here, and `measured` says why. */
  isHeld: boolean | null
}

/** Judges a figure of which less is better. Neither is reached or held where `value` is no number. */
export function judge(value: number, { goal, line }: { goal: number; line: number }) {
  return { isReached: value <= goal, isHeld: value <= line }
}

/** Of a row that has neither goal nor line: it stands beside another, to compare. */
export const beside = { goal: '', line: '', isReached: null, isHeld: null } as const

/** Of a row that could not be measured here; `measured` says why. */
export const unmeasured = { isReached: null, isHeld: null } as const

export function verdict({ isReached, isHeld }: Row): string {
  if (isHeld === false) return 'LINE CROSSED'
  if (isReached === null) return isHeld === true ? 'line held' : ''
  return isReached ? 'goal reached' : 'line held'
}

export const isCrossed = (row: Row): boolean => row.isHeld === false

/** Not zero when a line is crossed, or when nothing was measured at all. */
export const exitCode = (rows: Row[]): number => (rows.length === 0 || rows.some(isCrossed) ? 1 : 0)

const columns = ['measure', 'goal', 'line', 'measured', '', 'how, and against what'] as const

/** The rows as a table for a terminal, that Markdown reads too. */
export function printTable(rows: Row[]): string {
  const cells = rows.map((row) => [row.measure, row.goal, row.line, row.measured, verdict(row), row.how])
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...cells.map((row) => row[i]?.length ?? 0)),
  )
  // The last column is long, and nothing stands behind it.
  widths[columns.length - 1] = columns[columns.length - 1]?.length ?? 0
  const format = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [
    format(columns),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...cells.map(format),
  ].join('\n')
}

/** Bytes in MB (10^6), as the mission counts. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** Milliseconds in seconds. */
export const seconds = (ms: number, digits = 1): string => `${(ms / 1000).toFixed(digits)} s`

export const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
