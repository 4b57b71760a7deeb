import { interpolate, type Lookup } from './interpolate.ts'
import { composeProblem } from './problem.ts'

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*(?:[=:]\s*|$)/

/**
 * A file in Compose's .env syntax: comments, `export`, single quotes taken literally, double quotes with escapes and
 * variables and over several lines, bare values with variables and a ` # comment`.
 */
export function parseEnvFile(
  text: string,
  file: string,
  outer: Lookup = () => undefined,
): Map<string, string> {
  const values = new Map<string, string>()
  const lookup: Lookup = (name) => outer(name) ?? values.get(name)
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (/^\s*(#|$)/.test(line)) continue
    const where = `${file} line ${index + 1}`
    const match = assignment.exec(line)
    if (match?.[1] === undefined)
      throw composeProblem(where, 'is not NAME=value', `Correct that line of ${file}`)
    const [head, name] = match
    const rest = line.slice(head.length)
    // A name alone means "from the shell", which a container doesn't have.
    if (!/[=:]/.test(head)) continue
    const quote = rest[0]
    if (quote !== '"' && quote !== "'") {
      values.set(name, interpolate(rest.replace(/(^|\s+)#.*$/, '').trimEnd(), lookup, where))
      continue
    }
    let quoted = rest.slice(1)
    let end = endOfQuote(quoted, quote)
    while (end < 0 && index + 1 < lines.length) {
      quoted += `\n${lines[++index]}`
      end = endOfQuote(quoted, quote)
    }
    if (end < 0)
      throw composeProblem(where, `the quote ${quote} is never closed`, `Correct that line of ${file}`)
    const body = quoted.slice(0, end)
    values.set(name, quote === "'" ? body : interpolate(unescapeQuoted(body), lookup, where))
  }
  return values
}

function endOfQuote(text: string, quote: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && (quote === '"' || text[at + 1] === quote)) at++
    else if (text[at] === quote) return at
  }
  return -1
}

function unescapeQuoted(text: string): string {
  return text.replace(/\\([\s\S])/g, (whole, character: string) => {
    if (character === 'n') return '\n'
    if (character === 'r') return '\r'
    if (character === 't') return '\t'
    if (character === '$') return '$$'
    return character === '"' || character === '\\' ? character : whole
  })
}
