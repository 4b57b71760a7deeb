import type * as v from 'valibot'
import type { Variables } from './variable.ts'

/** How long a source's process lives: always, for one run at each interval, or while someone looks. */
export type Life = 'always' | 'poll' | 'demand'

/** A command that a source can carry out: its arguments, and how the page names it. */
export interface SourceCommand {
  title: string
  description: string
  args: v.GenericSchema
}

/** What the rest of the house knows of a source. One file in contracts/src/sources, one line in the table there. */
export interface SourceContract<
  Data extends v.GenericSchema = v.GenericSchema,
  Settings extends v.ObjectEntries = v.ObjectEntries,
> {
  /** The one word: folder apps/ID, compose service source-ID, keys, card. */
  id: string
  /** As the card's heading says it. */
  title: string
  description: string
  life: Life
  /** Version of `data`, one higher with each change that an old reader could not read. */
  schema: number
  data: Data
  /** Defaults of the owner's settings that every source has. For life `poll`, seconds from start to start. */
  defaults: { enabled: boolean; intervalSeconds: number; timeoutSeconds: number }
  /** The owner's settings that only this source has; each with a default (v.optional). No address, no secret. */
  settings: Settings
  commands: Record<string, SourceCommand>
  /** Environment variables of this source alone. */
  variables: Variables
  /** It holds something elsewhere (a session, a device) and runs once more when it is disabled, to give it back. */
  givesBack: boolean
}

/** Types a contract without widening it. */
export function defineSource<Data extends v.GenericSchema, Settings extends v.ObjectEntries>(
  contract: SourceContract<Data, Settings>,
): SourceContract<Data, Settings> {
  return contract
}
