import type { Project } from '@tailboard/stack'
import { isCrossed, type Row } from './row.ts'

/** What a part of the bench works with. */
export interface Bench {
  /** Up, with the images of this tree; each part leaves it so. */
  project: Project
  /** The form for CI: fewer rounds, shorter waits. */
  isShort: boolean
}

/** Some rows that are measured together. */
export interface Part {
  /** As `--only` calls it. */
  name: string
  measure: (bench: Bench) => Promise<Row[]>
  /** Left out of the short form, with the reason. */
  notShort?: string
}

/** The rows of all parts, in their order. */
export async function measureAll(parts: Part[], bench: Bench, say: (what: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const part of parts) {
    if (bench.isShort && part.notShort !== undefined) {
      say(`${part.name} is left out of the short form: ${part.notShort}`)
      continue
    }
    say(part.name)
    rows.push(...(await measurePart(part, bench)))
  }
  return rows
}

/**
 * The rows of a part. What fails is a crossed line with its reason, and the other parts are still measured. A line that
 * is crossed is measured once more before it counts: what else the machine does can only add to a figure.
 */
async function measurePart({ name, measure }: Part, bench: Bench): Promise<Row[]> {
  const attempt = () => measure(bench).catch((error: unknown) => [brokenRow(name, error)])
  const rows = await attempt()
  return rows.some(isCrossed) ? attempt() : rows
}

function brokenRow(name: string, error: unknown): Row {
  return {
    measure: name,
    goal: '',
    line: 'measured',
    measured: `failed: ${error instanceof Error ? error.message : error}`.replaceAll('\n', ' ').slice(0, 300),
    how: '',
    isReached: null,
    isHeld: false,
  }
}
