import type { Command } from '@tailboard/contracts/command'
import { stampPlus } from '@tailboard/contracts/time'
import { expect, test } from 'vitest'
import { node, start } from '../testing/samples.ts'
import { words } from '../words/first-load.ts'
import { outcomeOf } from './command-view.ts'

const accepted = { isAccepted: true, message: words.status.runAsked, hint: null, id: '0a1b2c3d' }
const command: Command = {
  id: '0a1b2c3d',
  node,
  source: 'pihole',
  verb: 'disable',
  args: { minutes: 5 },
  by: '100.101.102.104',
  asked: start,
  status: 'done',
  outcome: 'Pi-hole lets everything through for 5 minutes',
  finished: start,
}

test('one’s own command: asked, then what came of it', () => {
  expect(outcomeOf(null, null, start)).toBeNull()
  expect(outcomeOf(accepted, null, start)).toEqual({ tone: 'quiet', text: words.status.runAsked })
  expect(outcomeOf(accepted, command, stampPlus(start, 5_000))).toEqual({
    tone: 'ok',
    text: 'Pi-hole lets everything through for 5 minutes (just now)',
  })
})

test('another person’s command says whose it is', () => {
  expect(outcomeOf(null, { ...command, status: 'queued', outcome: null, finished: null }, start)?.text).toBe(
    `Asked by 100.101.102.104: ${words.status.runAsked}`,
  )
  expect(outcomeOf({ ...accepted, id: 'ffffffff' }, command, start)?.text).toMatch(/^Asked by /)
})

test('what failed and what was refused is in words', () => {
  const failed = { ...command, status: 'failed' as const, outcome: 'Pi-hole does not answer' }
  expect(outcomeOf(accepted, failed, start)).toEqual({
    tone: 'bad',
    text: 'It did not work. Pi-hole does not answer (just now)',
  })
  const refused = { isAccepted: false, message: 'No.', hint: 'Ask again.', id: null }
  expect(outcomeOf(refused, command, start)).toEqual({ tone: 'bad', text: 'No. Ask again.' })
})
