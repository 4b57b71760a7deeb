import * as v from 'valibot'

/** A Redis stream id, `MILLISECONDS-SEQUENCE`: the cursor that a browser resumes from. */
export const cursorSchema = v.pipe(
  v.string(),
  v.regex(/^\d{1,16}-\d{1,10}$/, 'must be a cursor like 1763690400000-0'),
)

/** Which of two cursors is the later one: negative when `a` is earlier, 0 when they are equal. */
export function compareCursors(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number)
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number)
  return aMs - bMs || aSeq - bSeq
}
