import type { SourceContract } from '../source.ts'
import { aranet4 } from './aranet4.ts'
import { pihole } from './pihole.ts'
import { system } from './system.ts'
import { tailscale } from './tailscale.ts'
import { weather } from './weather.ts'

/** Every source there is, in the order of the page. Adding one is a file beside this and a line here. */
export const sources = { weather, aranet4, pihole, tailscale, system } as const

export type SourceId = keyof typeof sources

/** The ids, in the order of the page. */
export const sourceIds = Object.keys(sources) as SourceId[]

/** Whether a name from outside is one of our sources. */
export function isSourceId(name: string): name is SourceId {
  return Object.hasOwn(sources, name)
}

/** A source's contract, without the types of its data. */
export function sourceContract(id: SourceId): SourceContract {
  return sources[id]
}

/** One value for each source, by id. */
export function perSource<T>(make: (id: SourceId) => T): Record<SourceId, T> {
  return Object.fromEntries(sourceIds.map((id) => [id, make(id)])) as unknown as Record<SourceId, T>
}
