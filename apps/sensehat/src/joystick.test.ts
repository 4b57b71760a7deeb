import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { eventBytes, findJoystick, pressesIn } from './joystick.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** struct input_event as the kernel writes it. */
export function inputEvent(type: number, code: number, value: number, bytes = 24): Buffer {
  const event = Buffer.alloc(bytes)
  // A time that would be read as type and code where its size is mistaken.
  event.fill(0x01, 0, bytes - 8)
  event.writeUInt16LE(type, bytes - 8)
  event.writeUInt16LE(code, bytes - 6)
  event.writeInt32LE(value, bytes - 4)
  return event
}

test('the size of an event is that of the kernel, not of 32-bit ones alone', () => {
  expect(['arm64', 'x64', 'arm'].map(eventBytes)).toEqual([24, 24, 16])
})

test.each([24, 16])('each press in one read, of %i bytes each; holds and releases are none', (bytes) => {
  const event = (type: number, code: number, value: number) => inputEvent(type, code, value, bytes)
  const read = Buffer.concat([
    event(1, 103, 1),
    event(0, 0, 0),
    event(1, 103, 2),
    event(1, 103, 0),
    event(1, 105, 1),
    event(1, 106, 1),
    event(1, 108, 1),
    event(1, 28, 1),
    event(1, 30, 1),
  ])
  expect(pressesIn(read, bytes)).toEqual(['up', 'left', 'right', 'down', 'middle'])
  expect(pressesIn(read.subarray(0, bytes - 1), bytes)).toEqual([])
})

test('the joystick is found by its name, never by its number', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tailboard-input-'))
  folders.push(root)
  expect(await findJoystick(root, '/dev')).toBeNull()
  for (const [number, name] of ['Logitech Keyboard', 'Raspberry Pi Sense HAT Joystick'].entries()) {
    mkdirSync(join(root, `class/input/event${number}/device`), { recursive: true })
    writeFileSync(join(root, `class/input/event${number}/device/name`), `${name}\n`)
  }
  expect(await findJoystick(root, '/dev')).toBe('/dev/input/event1')
})

test('a device that is read tells presses as they come, also one that comes in two pieces', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tailboard-input-'))
  folders.push(root)
  mkdirSync(join(root, 'class/input/event7/device'), { recursive: true })
  writeFileSync(join(root, 'class/input/event7/device/name'), 'Raspberry Pi Sense HAT Joystick\n')
  mkdirSync(join(root, 'input'))
  execFileSync('mkfifo', [join(root, 'input/event7')])
  // In a process of its own: a thread that waits for a device can't be called off.
  const program = `
    import { createWriteStream } from 'node:fs'
    import { followJoystick } from './src/joystick.ts'
    const bytes = (hex) => Buffer.from(hex, 'hex')
    const keys = []
    void followJoystick((key) => {
      keys.push(key)
      if (keys.length < 2) return
      console.log(keys.join())
      process.kill(process.pid, 'SIGKILL')
    }, '${root}', '${root}')
    const out = createWriteStream('${root}/input/event7')
    out.write(bytes('${inputEvent(1, 103, 1).toString('hex')}${inputEvent(1, 28, 1).subarray(0, 7).toString('hex')}'), () =>
      setTimeout(() => out.write(bytes('${inputEvent(1, 28, 1).subarray(7).toString('hex')}')), 50))`
  const args = ['--input-type=module-typescript', '-e', program]
  const { stdout } = await run(args)
  expect(stdout.trim()).toBe('up,middle')
})

async function run(args: string[]): Promise<{ stdout: string }> {
  const { spawnSync } = await import('node:child_process')
  return spawnSync(process.execPath, args, {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
    timeout: 30_000,
  })
}
