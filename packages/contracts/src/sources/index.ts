import type { SourceContract } from '../source.ts'
import { aranet4 } from './aranet4.ts'
import { camera } from './camera.ts'
import { pihole } from './pihole.ts'
import { sensehat } from './sensehat.ts'
import { system } from './system.ts'
import { tailscale } from './tailscale.ts'
import { weather } from './weather.ts'

/** Every source there is, in the order of the page. Adding one is a file beside this and a line here. */
export const sources = { weather, sensehat, aranet4, pihole, tailscale, system, camera } as const

export type SourceId = keyof typeof sources

/** A source's contract, without the types of its data. */
export function sourceContract(id: SourceId): SourceContract {
  return sources[id]
}
