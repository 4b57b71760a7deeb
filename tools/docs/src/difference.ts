/** Lines that differ between what a file holds (`-`) and what it should hold (`+`), by number, at most 40. Empty: none. */
export function difference(held: string, wanted: string): string[] {
  const a = held.split('\n')
  const b = wanted.split('\n')
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let tail = 0
  while (tail < a.length - start && tail < b.length - start && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const removed = a.slice(start, a.length - tail).map((line, index) => `${start + index + 1} - ${line}`)
  const added = b.slice(start, b.length - tail).map((line, index) => `${start + index + 1} + ${line}`)
  return [...removed.slice(0, 20), ...added.slice(0, 20)]
}
