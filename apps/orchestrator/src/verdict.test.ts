import { stampPlus } from '@tailboard/contracts'
import { stampNow } from '@tailboard/service'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { expect, test } from 'vitest'
import { cleanEnd } from './testing/fake-launcher.ts'
import { type Ended, judge } from './verdict.ts'

const started = stampNow(new FakeTime())
const now = stampPlus(started, 2_000)
const said = { kind: 'unreachable', message: 'Nothing answers', hint: null } as const
const nothing = { success: null, outcome: null, failure: null }
const after = stampPlus(started, 1_000)
const before = stampPlus(started, -1_000)

const verdict = (change: Partial<Ended>) =>
  judge({
    source: 'system',
    end: cleanEnd,
    started,
    now,
    stoppedBy: null,
    timeoutSeconds: 30,
    stored: nothing,
    ...change,
  })

test('an exit of 0 is a success, or a part of one when the run said so', () => {
  expect(verdict({})).toEqual({ result: 'ok', ending: 'success', failure: null })
  const partial = { ...nothing, outcome: 'partial', success: after } as const
  expect(verdict({ stored: partial })).toMatchObject({ result: 'partial', ending: 'success' })
})

test('what an earlier run said is not held for this one’s word', () => {
  const stored = { ...nothing, outcome: 'failed', failure: { ...said, ...before } } as const
  const end = { ...cleanEnd, exitCode: 1 }
  expect(verdict({ end, stored })).toMatchObject({ result: 'crashed', failure: { kind: 'crashed' } })
  const partial = { ...nothing, outcome: 'partial', success: before } as const
  expect(verdict({ stored: partial }).result).toBe('ok')
  const ofOtherBoot = { ...said, at: after.at, clock: { boot: 'other', ms: after.clock.ms } }
  expect(verdict({ end, stored: { ...stored, failure: ofOtherBoot } }).result).toBe('crashed')
})

test('a run whose end nobody saw is what it said of itself', () => {
  expect(verdict({ end: null, stored: { ...nothing, outcome: 'ok', success: after } })).toMatchObject({
    result: 'ok',
  })
  const failed = { ...nothing, outcome: 'failed', failure: { ...said, ...after } } as const
  expect(verdict({ end: null, stored: failed })).toMatchObject({
    result: 'failed',
    ending: 'failure',
    failure: null,
  })
  expect(verdict({ end: null })).toMatchObject({ result: 'crashed', failure: { kind: 'crashed' } })
})

test('a run that Docker took down with itself is no failure in a row', () => {
  const end = { ...cleanEnd, exitCode: 137, engineLost: true }
  expect(verdict({ end })).toMatchObject({
    result: 'killed',
    ending: 'neither',
    failure: { kind: 'crashed' },
  })
})

test('our own end is no failure; a deadline is one, whatever the exit code', () => {
  expect(verdict({ stoppedBy: 'shutdown' })).toEqual({ result: 'killed', ending: 'neither', failure: null })
  expect(verdict({ stoppedBy: 'deadline' })).toMatchObject({ result: 'timeout', ending: 'failure' })
})

test('log lines are bounded and harmless', () => {
  const logTail = Array.from({ length: 40 }, (_, n) => `\u202e${n} ${'x'.repeat(10_000)}`)
  const log = verdict({ end: { ...cleanEnd, exitCode: 9, logTail } }).failure?.log ?? []
  expect(log).toHaveLength(20)
  expect(Math.max(...log.map((line) => line.length))).toBe(400)
  expect(log.join('')).not.toContain('\u202e')
})
