import { readFileSync } from 'node:fs'
import { type Environment, TailboardError, type Variables } from '@tailboard/contracts'
import * as v from 'valibot'
import { redactor } from './redact.ts'

type Raw = Record<string, string | undefined>

/**
 * The environment as the schemas make it. The only place that reads process.env.
 * A secret may be given as NAME_FILE, the path of a file that holds it (a trailing line break is no part of it).
 * Every secret is made known to the redactor, and the password within any URL.
 * @throws TailboardError `misconfigured`, naming every variable that is wrong and why; never a secret's value.
 */
export function readEnvironment<V extends Variables>(variables: V, raw: Raw = process.env): Environment<V> {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, variable] of Object.entries(variables)) {
    try {
      const given = variable.secret === true ? readSecret(name, raw) : raw[name]
      // Compose hands on an empty string for a variable that .env does not have.
      const value = given === undefined || given === '' ? variable.default : given
      if (value === undefined) throw new Error('is missing')
      if (variable.secret === true) redactor.add(value)
      redactor.addFromUrl(value)
      const result = v.safeParse(variable.schema, value)
      if (!result.success) throw new Error(result.issues.map((issue) => issue.message).join('; '))
      values[name] = result.output
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : 'is wrong'}`)
    }
  }
  if (problems.length > 0) {
    throw new TailboardError(
      'misconfigured',
      `The environment is wrong: ${redactor.redact(problems.join('; '))}`,
      {
        hint: 'Mend the line in .env (the choices are in .env.example), then run: docker compose up -d',
      },
    )
  }
  return values as Environment<V>
}

/**
 * The raw values of a set of variables, for a child process that reads them itself: exactly those, with their NAME_FILE
 * forms, and nothing that is absent. Secrets are made known to the redactor, since the child's log passes through us.
 */
export function passEnvironment(variables: Variables, raw: Raw = process.env): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, variable] of Object.entries(variables)) {
    for (const given of variable.secret === true ? [name, `${name}_FILE`] : [name]) {
      const value = raw[given]
      if (value !== undefined && value !== '') passed[given] = value
    }
    if (variable.secret === true) redactor.add(readSecretIfThere(name, raw))
    else if (passed[name] !== undefined) redactor.addFromUrl(passed[name])
  }
  return passed
}

/** Empty where it can't be read: who needs it says so. */
function readSecretIfThere(name: string, raw: Raw): string {
  try {
    return readSecret(name, raw) ?? ''
  } catch {
    return ''
  }
}

function readSecret(name: string, raw: Raw): string | undefined {
  const path = raw[`${name}_FILE`]
  if (path === undefined || path === '') return raw[name]
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new Error(`can't be read from the file that ${name}_FILE names (${code})`)
  }
}
