import { cleanText } from '@tailboard/contracts'
import { type PiholeData, piholeLimits } from '@tailboard/contracts/sources/pihole'
import * as v from 'valibot'

type Software = PiholeData['software']
type Update = NonNullable<Software['updates']>[number]

/** What is installed and what is the newest, as Pi-hole told it. */
export interface Part {
  installed: string | null | undefined
  latest: string | null | undefined
}
export type Parts = Record<Update['part'], Part>

const side = v.nullish(v.object({ version: v.nullish(v.string()) }))
const part = v.nullish(v.object({ local: side, remote: side }))

export const versionSchema = v.object({
  version: v.object({
    core: part,
    web: part,
    ftl: part,
    docker: v.nullish(v.object({ local: v.nullish(v.string()), remote: v.nullish(v.string()) })),
  }),
})

export function toParts({ version }: v.InferOutput<typeof versionSchema>): Parts {
  const of = (told: v.InferOutput<typeof part>): Part => ({
    installed: told?.local?.version,
    latest: told?.remote?.version,
  })
  return {
    core: of(version.core),
    web: of(version.web),
    ftl: of(version.ftl),
    docker: { installed: version.docker?.local, latest: version.docker?.remote },
  }
}

/** In a container only its image can be updated: newer parts come with that. */
export function toSoftware(api: Software['api'], parts: Parts): Software {
  const clean = (given: string | null | undefined) => cleanText(given ?? '', piholeLimits.version) || null
  const docker = clean(parts.docker.installed)
  const asked = docker === null ? (['core', 'web', 'ftl'] as const) : (['docker'] as const)
  const known = asked.flatMap((name) => {
    const installed = clean(parts[name].installed)
    const latest = clean(parts[name].latest)
    return installed === null || latest === null ? [] : [{ part: name, installed, latest }]
  })
  return {
    api,
    core: clean(parts.core.installed),
    web: clean(parts.web.installed),
    ftl: clean(parts.ftl.installed),
    docker,
    updates: known.length === 0 ? null : known.filter(({ installed, latest }) => installed !== latest),
  }
}

const unknown: Part = { installed: null, latest: null }
export const unknownParts: Parts = { core: unknown, web: unknown, ftl: unknown, docker: unknown }
