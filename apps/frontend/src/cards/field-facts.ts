import { fieldInfo } from '@tailboard/contracts/field'
import type * as v from 'valibot'
import { said } from '../format/quantity.ts'
import type { Fact } from '../ui/Facts.svelte'
import { words } from '../words/first-load.ts'

type Entries = Record<string, v.GenericSchema>

/** Each field of an object that the contract gives a label, with its value and unit. Null is said, not left out. */
export function fieldFacts(schema: { entries: Entries }, data: object): Fact[] {
  return Object.entries(schema.entries).flatMap(([key, entry]) => {
    const info = fieldInfo(entry)
    if (info === null) return []
    return [{ label: info.label, value: sayValue((data as Record<string, unknown>)[key], info.unit) }]
  })
}

/** Any value of a contract in words: `12 %`, `yes`, `not available here`. */
export function sayValue(value: unknown, unit?: string): string {
  if (typeof value === 'number') return said(value, unit)
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (typeof value === 'string' && value !== '') return value
  if (Array.isArray(value) && value.length > 0) return value.map((item) => sayValue(item, unit)).join(', ')
  return words.notAvailable
}
