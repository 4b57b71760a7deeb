import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import { printTable, type Row, verdict } from './row.ts'

/** The table and the same as JSON, in bench/results (git keeps none of it; docs/performance.md carries the last full one). */
export function writeResults(
  repository: string,
  { name, machine, rows }: { name: string; machine: Machine; rows: Row[] },
): void {
  const folder = join(repository, 'bench/results')
  mkdirSync(folder, { recursive: true })
  const judged = rows.map((row) => ({ ...row, verdict: verdict(row) }))
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ machine, rows: judged }, null, 2)}\n`)
  writeFileSync(join(folder, `${name}.md`), `${printTable(rows)}\n\n${machine.words}\n`)
}
