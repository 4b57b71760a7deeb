import { redactor } from '@tailboard/service/redact'
import type { RunContext } from '@tailboard/service/run-source'
import * as v from 'valibot'
import type { Seat } from './box.ts'

const seatSchema = v.object({ of: v.string(), sid: v.pipe(v.string(), v.regex(/^[\w+/=-]{16,128}$/)) })

/**
 * Keeps the session's id in the source's memory, which no API shows, for this address alone. The redactor knows it before
 * anything else does.
 */
export function seatIn(context: RunContext, baseUrl: string): Seat {
  return {
    async load() {
      const kept = await context.memory.recall('seat', seatSchema)
      if (kept === null || kept.of !== baseUrl) return null
      redactor.add(kept.sid)
      return kept.sid
    },
    async keep(sid) {
      redactor.add(sid)
      await context.memory.set('seat', { of: baseUrl, sid })
    },
    drop: () => context.memory.delete('seat'),
  }
}
