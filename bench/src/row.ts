/** One line of the table: what the mission asks, and what was seen. */
export interface Row {
  measure: string
  goal: string
  line: string
  measured: string
  /** How it was taken, and against what in the same run. */
  how: string
  /** Whether the line (not the goal) is held. Null: not measured here, and `measured` says why. */
  isHeld: boolean | null
}

/** The rows as a table for a terminal. */
export function printTable(rows: Row[]): string {
  const columns = ['measure', 'goal', 'line', 'measured', 'how'] as const
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column].length)))
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [
    format(columns),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(
      (row) => `${format(columns.map((column) => row[column]))}${row.isHeld === false ? ' ← crossed' : ''}`,
    ),
  ].join('\n')
}

const mega = 1_000_000

/** Bytes in MB (10^6), as the mission counts. */
export const megabytes = (bytes: number): string => `${(bytes / mega).toFixed(1)} MB`
