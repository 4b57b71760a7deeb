import type { Row } from './shape.ts'

/** Text within a table's cell. */
export const cell = (text: string) => text.replace(/\n/g, ' ').replaceAll('|', '\\|')

/** A table; columns that are empty throughout are left out. */
export function table(heads: string[], rows: string[][]): string {
  const kept = heads.map((_head, column) => rows.some((row) => (row[column] ?? '') !== ''))
  const line = (cells: string[]) =>
    `| ${cells
      .filter((_cell, column) => kept[column])
      .map(cell)
      .join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A table of fields. */
export function fieldTable(rows: Row[]): string {
  return table(
    ['Field', 'Type', 'Unit', 'Kept 24 h', 'Meaning'],
    rows.map((row) => [
      `\`${row.path}\``,
      row.type,
      row.unit,
      row.isSeries ? 'yes' : '',
      [row.label, row.description].filter((text) => text !== '').join('. '),
    ]),
  )
}
