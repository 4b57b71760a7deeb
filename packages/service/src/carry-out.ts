import type { Command, SourceId } from '@tailboard/contracts'
import { toFailure } from './failure.ts'
import { abortable, type RunContext } from './measurement.ts'
import { redactor } from './redact.ts'
import type { Store } from './store.ts'

/** A command that waited longer than this is not carried out any more: nobody stands there now (ms). */
const commandMaxAgeMs = 120_000

/** Carries out a command and says in words what came of it. Undefined: the source has no commands. */
export type CarryOut = ((command: Command, context: RunContext) => Promise<string>) | undefined

/** Carries out the commands that wait for a source, the oldest first, and records what came of each. */
export async function carryOutCommands(
  source: SourceId,
  carryOut: CarryOut,
  store: Store,
  context: RunContext,
): Promise<void> {
  for (;;) {
    const command = await store.takeCommand(source)
    if (command === null) return
    const finish = (status: 'done' | 'failed', outcome: string) =>
      store.publishCommand({ ...command, status, outcome: redactor.redact(outcome), finished: store.now() })
    const isOfThisBoot = command.asked.clock.boot === store.time.boot
    if (!isOfThisBoot || store.time.monotonicMs() - command.asked.clock.ms > commandMaxAgeMs) {
      await finish('failed', 'It waited too long and was not carried out')
    } else if (carryOut === undefined) {
      await finish('failed', 'This source has no commands')
    } else {
      try {
        await finish('done', await abortable(carryOut(command, context), context.signal))
      } catch (error) {
        const failure = toFailure(error, store.now(), context.log)
        await finish(
          'failed',
          failure.hint === null ? failure.message : `${failure.message}. ${failure.hint}`,
        )
      }
    }
  }
}
