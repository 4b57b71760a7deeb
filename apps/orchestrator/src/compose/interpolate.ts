import { isMap } from './parse-yaml.ts'
import { composeProblem } from './problem.ts'

/** What a variable is worth, undefined when it isn't set. */
export type Lookup = (name: string) => string | undefined

const name = /[A-Za-z_][A-Za-z0-9_]*/y

/** `value` with each string in it interpolated as Compose does; keys stay as they are. */
export function interpolateTree(value: unknown, lookup: Lookup, where: string): unknown {
  if (typeof value === 'string') return interpolate(value, lookup, where)
  if (Array.isArray(value))
    return value.map((item, index) => interpolateTree(item, lookup, `${where}[${index}]`))
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, interpolateTree(item, lookup, `${where}.${key}`)]),
  )
}

/** `$VAR`, `${VAR}`, the operators `-` `:-` `?` `:?` `+` `:+` with nested words, and `$$` for a dollar sign. */
export function interpolate(text: string, lookup: Lookup, where: string): string {
  let result = ''
  let at = 0
  while (at < text.length) {
    const dollar = text.indexOf('$', at)
    if (dollar < 0) return result + text.slice(at)
    result += text.slice(at, dollar)
    const next = text[dollar + 1]
    if (next === '$') {
      result += '$'
      at = dollar + 2
    } else if (next === '{') {
      const end = closingBrace(text, dollar + 2, where)
      result += braced(text.slice(dollar + 2, end), lookup, where)
      at = end + 1
    } else {
      const variable = nameAt(text, dollar + 1)
      if (variable === '') throw invalid(text, where)
      result += lookup(variable) ?? ''
      at = dollar + 1 + variable.length
    }
  }
  return result
}

function braced(expression: string, lookup: Lookup, where: string): string {
  const variable = nameAt(expression, 0)
  const rest = expression.slice(variable.length)
  const [, operator = '', word = ''] = /^(:?[-?+])?([\s\S]*)$/.exec(rest) ?? []
  if (variable === '' || (operator === '' && word !== '')) throw invalid(`\${${expression}}`, where)
  const value = lookup(variable)
  if (operator === '') return value ?? ''
  const isSet = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined
  const alternative = () => interpolate(word, lookup, where)
  if (operator.endsWith('-')) return isSet ? (value ?? '') : alternative()
  if (operator.endsWith('+')) return isSet ? alternative() : ''
  if (isSet) return value ?? ''
  throw composeProblem(
    where,
    `needs the variable ${variable}: ${alternative() || 'it is not set'}`,
    `Set ${variable} in .env`,
  )
}

function closingBrace(text: string, from: number, where: string): number {
  let depth = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '$' && text[at + 1] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return at
  }
  throw invalid(text, where)
}

function nameAt(text: string, at: number): string {
  name.lastIndex = at
  return name.exec(text)?.[0] ?? ''
}

function invalid(text: string, where: string) {
  return composeProblem(where, `"${text}" is no variable Compose knows`, 'Write $$ for a dollar sign itself')
}
