import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JoystickKey } from '@tailboard/contracts/press'
import { createLogger } from '@tailboard/service/log'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { HatProcess } from './hat-process.ts'
import { dark } from './pictures.ts'

const log = createLogger({ service: 'test', write: () => {} })
const parts = { leds: true, motion: true, joystick: true }
const animation = { frames: [dark], frameMs: 1000, times: null, rotation: 0 }

let folder: string
let now = 0
let hat: HatProcess | undefined
let pressed: JoystickKey[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tailboard-hat-'))
  now = 0
  pressed = []
})
afterEach(async () => {
  await hat?.stop()
  rmSync(folder, { recursive: true })
})

/** A child that does as `program` says, with `says`, `hears` and the parts at hand; what it hears is kept in a file. */
function start(program: string): HatProcess {
  const path = join(folder, 'child.mjs')
  writeFileSync(
    path,
    `import { appendFileSync } from 'node:fs'
    const parts = JSON.parse(process.argv[2])
    const says = (message) => process.send(message)
    const ready = () => says({ type: 'ready', leds: null, motion: parts.motion ? null : 'not asked for' })
    process.on('SIGTERM', () => {})
    process.on('message', (message) => {
      appendFileSync('${folder}/heard', JSON.stringify(message.type) + '\\n')
      if (message.type === 'stop') process.exit(0)
      if (message.type === 'read')
        says({ type: 'motion', motion: { accel: { x: 0, y: 0, z: 1 }, compass: { x: 1, y: 0, z: 0 }, tiltHeading: 0 } })
    })
    ${program}`,
  )
  hat = new HatProcess({
    log,
    onPress: (key) => pressed.push(key),
    monotonicMs: () => now,
    path,
    restart: { firstMs: 5, factor: 1, mostMs: 5 },
  })
  return hat
}

const linesOf = (name: string) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : []
const heard = () => linesOf('heard')

test('it shows, reads and tells presses', async () => {
  const child = start(`ready(); says({ type: 'press', key: 'up' })`)
  child.show(animation)
  await child.drive(parts)
  await vi.waitFor(() => expect(child.hasLeds).toBe(true))
  expect(await child.readMotion()).toMatchObject({ accel: { z: 1 } })
  await vi.waitFor(() => expect(heard()).toContain('"show"'))
  expect(pressed).toEqual(['up'])
})

test('killed ten times, it is there an eleventh time, shows what it showed, and goes on reading', async () => {
  const child = start('ready()')
  child.show(animation)
  await child.drive(parts)
  const pids = new Set<number | undefined>()
  for (let deaths = 0; deaths < 10; deaths++) {
    await vi.waitFor(() => expect(child.hasLeds && !pids.has(child.pid)).toBe(true), { timeout: 10_000 })
    pids.add(child.pid)
    const answer = child.readMotion()
    process.kill(child.pid ?? 0, 'SIGKILL')
    // An answer that was under way, or none: never one that is waited for in vain.
    await answer
  }
  await vi.waitFor(() => expect(pids.has(child.pid)).toBe(false))
  await vi.waitFor(async () => expect(await child.readMotion()).not.toBeNull(), { timeout: 10_000 })
  expect(pids.size).toBe(10)
  await vi.waitFor(() => expect(heard().filter((type) => type === '"show"').length).toBeGreaterThan(9))
})

test('a motion chip that ends the process is left out for a while, so that the LEDs go on', async () => {
  // As node-sense-hat does it: exit(1), before anything was said.
  const child = start(`
    appendFileSync('${folder}/starts', JSON.stringify(parts.motion) + '\\n')
    if (parts.motion) process.exit(1)
    ready()`)
  await child.drive(parts)
  await vi.waitFor(() => expect(child.hasLeds).toBe(true))
  expect(await child.readMotion()).toBeNull()
  expect(linesOf('starts')).toEqual(['true', 'false'])
  await child.drive(parts)
  expect(linesOf('starts')).toHaveLength(2)
  now = 30_001
  await child.drive(parts)
  await vi.waitFor(() => expect(linesOf('starts')).toEqual(['true', 'false', 'true', 'false']))
})

test('a child that hangs while it is asked is no answer, and is killed at the end', async () => {
  const child = start(`ready(); process.on('message', () => { for (;;); })`)
  await child.drive(parts)
  await vi.waitFor(() => expect(child.hasLeds).toBe(true))
  const pid = child.pid ?? 0
  const answer = child.readMotion()
  await child.stop()
  expect((await answer) === null || (await answer)?.accel.z === 1).toBe(true)
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('without a part there is no process; a part that comes starts one', async () => {
  const child = start('ready()')
  await child.drive({ leds: false, motion: false, joystick: false })
  expect(child.pid).toBeUndefined()
  await child.drive({ ...parts, leds: false })
  expect(child.pid).toBeDefined()
})

describe('LEDs that can’t be written any more', () => {
  test('are said to be gone', async () => {
    const child = start(`ready(); says({ type: 'dark', reason: 'ENODEV' })`)
    await child.drive(parts)
    await vi.waitFor(async () => expect(await child.readMotion()).not.toBeNull())
    expect(child.hasLeds).toBe(false)
  })
})
