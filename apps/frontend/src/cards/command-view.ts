import type { Command } from '@tailboard/contracts/command'
import type { Stamp } from '@tailboard/contracts/time'
import { stampAgo } from '../format/age.ts'
import type { Asked } from '../live/ask.ts'
import { words } from '../words/first-load.ts'

/**
 * What to say of the last command. `asked` is what the gateway answered this page, `command` the newest that the stream
 * told of, which may be another person's.
 */
export function outcomeOf(
  asked: Asked | null,
  command: Command | null,
  now: Stamp,
): { tone: 'ok' | 'bad' | 'quiet'; text: string } | null {
  if (asked !== null && !asked.isAccepted) {
    return { tone: 'bad', text: [asked.message, asked.hint].filter(Boolean).join(' ') }
  }
  const isOwn = asked !== null && asked.id === command?.id
  if (command === null || (asked !== null && !isOwn && command.status === 'queued')) {
    return asked === null ? null : { tone: 'quiet', text: asked.message }
  }
  const who = isOwn ? '' : words.command.by(command.by)
  if (command.status === 'queued') return { tone: 'quiet', text: who + words.status.runAsked }
  const said = command.outcome ?? words.status.commandStatus[command.status]
  const when = command.finished === null ? '' : ` (${stampAgo(command.finished, now)})`
  return command.status === 'done'
    ? { tone: 'ok', text: `${who}${said}${when}` }
    : { tone: 'bad', text: `${who}${words.command.failed} ${said}${when}` }
}
