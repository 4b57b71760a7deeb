import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { isAlive } from './processes.ts'
import { type Pace, type Part, Supervised, type Watcher } from './supervised.ts'

const pace: Pace = { firstMs: 10, mostMs: 50, wellMs: 60_000, tries: 3, stopWithinMs: 300 }
const running: Supervised[] = []
afterEach(async () => {
  for (const part of running.splice(0)) await part.stop()
})

function supervise(script: string, changes: Partial<Pace> = {}) {
  const lines: string[] = []
  const pids: number[] = []
  const deaths: string[] = []
  const ends: string[] = []
  const watcher: Watcher = {
    line: (_part, line) => lines.push(line),
    started: (_part, pid) => pids.push(pid),
    died: (_part, reason, waitMs) => deaths.push(`${reason} ${waitMs}`),
    gaveUp: (_part, reason) => ends.push(reason),
  }
  const part: Part = {
    name: 'test',
    command: [process.execPath, '-e', script],
    cwd: '/',
    env: { ONLY: 'this' },
  }
  const supervised = new Supervised(part, watcher, { ...pace, ...changes })
  running.push(supervised)
  supervised.start()
  return { supervised, lines, pids, deaths, ends }
}

const forever = 'setInterval(() => {}, 1000);'

test('it gets its own variables and nothing of ours', async () => {
  const { lines } = supervise(`console.log(JSON.stringify(process.env)); ${forever}`)
  await vi.waitFor(() => expect(lines).toEqual(['{"ONLY":"this"}']), 20_000)
})

test('one that dies is started again, after a wait that grows, and given up in the end', async () => {
  const { pids, deaths, ends } = supervise('process.exit(3)')
  await vi.waitFor(() => expect(ends).toEqual(['ended with code 3']), 20_000)
  expect(deaths).toEqual(['ended with code 3 10', 'ended with code 3 20'])
  expect(pids).toHaveLength(3)
  await sleep(100)
  expect(pids).toHaveLength(3)
})

test('one that had started well is never given up', async () => {
  const { pids, ends } = supervise('process.exit(3)', { wellMs: 0 })
  await vi.waitFor(() => expect(pids.length).toBeGreaterThan(5), 20_000)
  expect(ends).toEqual([])
})

test('a program that is not there is said, not thrown', async () => {
  const ends: string[] = []
  const quiet = { line: () => {}, started: () => {}, died: () => {} }
  const part: Part = { name: 'none', command: ['/nowhere/at-all'], cwd: '/', env: {} }
  const supervised = new Supervised(part, { ...quiet, gaveUp: (_part, reason) => ends.push(reason) }, pace)
  supervised.start()
  await vi.waitFor(() => expect(ends[0]).toContain('ENOENT'), 20_000)
  await supervised.stop()
})

const stubborn = `process.on('SIGTERM', () => {}); ${forever}`

test('one that hangs is ended by force, with what it started, in whatever group', async () => {
  const child = (detached: boolean) =>
    `console.log(require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}], { detached: ${detached}, stdio: 'ignore' }).pid);`
  const { supervised, lines, pids } = supervise(child(true) + child(false) + stubborn)
  await vi.waitFor(() => expect(lines).toHaveLength(2), 20_000)
  const all = [...pids, ...lines.map(Number)]
  expect(all.filter(isAlive)).toHaveLength(3)
  await supervised.stop()
  await vi.waitFor(() => expect(all.filter(isAlive)).toEqual([]), 20_000)
})

test('what a crashed one left in its group ends with the demo', async () => {
  const child = `console.log(require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}], { stdio: 'ignore' }).pid);`
  const { supervised, lines } = supervise(`${child} setTimeout(() => process.exit(1), 100)`, {
    firstMs: 60_000,
    mostMs: 60_000,
  })
  await vi.waitFor(() => expect(lines).toHaveLength(1), 20_000)
  await vi.waitFor(() => expect(supervised.pid).toBeUndefined(), 20_000)
  expect(isAlive(Number(lines[0]))).toBe(true)
  await supervised.stop()
  await vi.waitFor(() => expect(isAlive(Number(lines[0]))).toBe(false), 20_000)
})

test('a restart is the same part anew', async () => {
  const { supervised, pids, deaths } = supervise(forever)
  await supervised.restart()
  expect(pids).toHaveLength(2)
  expect(pids.map(isAlive)).toEqual([false, true])
  expect(deaths).toEqual([])
})
