import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sourceName } from '@tailboard/contracts'
import * as v from 'valibot'

/** Names of the program's own that a source of that name would hide. */
const taken = [
  'amount',
  'await',
  'ask',
  'field',
  'fields',
  'keys',
  'measure',
  'number',
  'percent',
  'sources',
  'text',
  'compose',
]

/** Why a new source can't have that name, in words; null when it can. */
export function nameProblem(root: string, name: string): string | null {
  if (!v.is(sourceName, name))
    return 'it must be one lower-case word of 2 to 24 letters and digits, such as tide'
  if (
    existsSync(join(root, 'apps', name)) ||
    existsSync(join(root, `packages/contracts/src/sources/${name}.ts`))
  )
    return 'there is one of that name'
  if (taken.includes(name) || isReserved(name)) return 'the program uses that word for something else'
  return null
}

function isReserved(name: string): boolean {
  try {
    // Only a checked word comes here.
    new Function(`'use strict'; const ${name} = 0`)
    return false
  } catch {
    return true
  }
}
