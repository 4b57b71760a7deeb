import { cleanText, TailboardError } from '@tailboard/contracts'
import { redactor as processRedactor, type Redactor } from './redact.ts'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
export type LogFields = Record<string, unknown>

/** Writes one JSON object a line. Strings from outside are cleaned, secrets are taken out. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

const longestString = 4_000

export interface LoggerOptions {
  service: string
  level?: LogLevel
  redactor?: Redactor
  /** Takes one line without its line break. Default: standard output. */
  write?: (line: string) => void
}

/** A logger for one service. */
export function createLogger({
  service,
  level = 'info',
  redactor = processRedactor,
  write,
}: LoggerOptions): Logger {
  const least = logLevels.indexOf(level)
  const out = write ?? ((line: string) => process.stdout.write(`${line}\n`))
  const at = (index: number, name: LogLevel) =>
    index < least
      ? () => {}
      : (message: string, fields: LogFields = {}) => {
          const own = { time: new Date().toISOString(), level: name, service, message }
          out(toLine(own, fields, redactor))
        }
  return { debug: at(0, 'debug'), info: at(1, 'info'), warn: at(2, 'warn'), error: at(3, 'error') }
}

/** `own` stands first and wins: no field of that name can pass for it. */
function toLine(own: LogFields, fields: LogFields, redactor: Redactor): string {
  const write = (record: LogFields) => JSON.stringify(record, (_key, value) => serialise(value, redactor))
  let line: string
  try {
    line = write({ ...own, ...fields, ...own })
  } catch {
    // A circle, or a getter that throws: the message matters more than its fields.
    line = write({ ...own, unwritable: Object.keys(fields).join(' ') })
  }
  // The names of fields may come from outside too (a header, a variable).
  return JSON.stringify(redactor.redactValue(JSON.parse(line)))
}

function serialise(value: unknown, redactor: Redactor): unknown {
  // Redacted before it is cleaned: cleaning may change a secret so that it is not known any more.
  if (typeof value === 'string')
    return cleanText(redactor.redact(value.slice(0, longestString * 8)), longestString)
  if (value instanceof TailboardError) {
    return { kind: value.kind, message: value.message, hint: value.hint, cause: value.cause }
  }
  if (value instanceof Error) {
    const { code } = value as NodeJS.ErrnoException
    return {
      name: value.name,
      message: value.message,
      code,
      stack: value.stack?.split('\n').slice(1, 8),
      cause: value.cause,
    }
  }
  if (typeof value === 'bigint') return value.toString()
  return value
}
