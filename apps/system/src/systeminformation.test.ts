import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** The evidence of docs/adr/0007: what systeminformation does here, call by call. Each in a process of its own. */
async function ask(script: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: import.meta.dirname })
  return JSON.parse(stdout)
}

/** How many other programs a call starts. Counted before the package takes its own hold of child_process. */
const programsOf = (call: string) =>
  ask(`
    const processes = require('node:child_process')
    let started = 0
    for (const name of ['exec', 'execFile', 'execSync', 'execFileSync', 'spawn', 'spawnSync']) {
      const original = processes[name]
      let isInside = false
      processes[name] = (...args) => {
        if (!isInside) started += 1
        isInside = true
        try { return original(...args) } finally { isInside = false }
      }
    }
    require('systeminformation').${call}.then(() => console.log(JSON.stringify(started)))
  `)

test('mem() tells the host’s truth and starts no program: it is used', async () => {
  expect(await programsOf('mem()')).toBe(0)
})

test.each(['currentLoad()', 'cpuTemperature()', 'fsSize()', 'disksIO()', 'networkStats("*")'])(
  '%s starts other programs, for which our image has no shell',
  async (call) => {
    expect(await programsOf(call)).toBeGreaterThan(0)
  },
)

test('currentLoad() of a process that runs once sleeps, and tells of that moment alone', async () => {
  const { coveredMs, tookMs } = (await ask(`
    const begun = performance.now()
    require('systeminformation').currentLoad().then(({ rawCurrentLoad, rawCurrentLoadIdle, cpus }) => {
      const coveredMs = (rawCurrentLoad + rawCurrentLoadIdle) / cpus.length
      console.log(JSON.stringify({ coveredMs, tookMs: performance.now() - begun }))
    })
  `)) as { coveredMs: number; tookMs: number }
  // What it covers lies within the call: the minute since the run before is not in it. (Ticks are 10 ms.)
  expect(coveredMs).toBeGreaterThan(100)
  expect(coveredMs).toBeLessThan(tookMs + 50)
})

test('rates are null in each first call, and a poll source has no other', async () => {
  expect(
    await ask(
      `require('systeminformation').networkStats('*').then(([first]) => console.log(JSON.stringify(first.rx_sec)))`,
    ),
  ).toBeNull()
  expect(
    await ask(
      `require('systeminformation').disksIO().then((io) => console.log(JSON.stringify(io?.rIO_sec ?? null)))`,
    ),
  ).toBeNull()
})
