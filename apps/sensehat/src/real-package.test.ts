import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@tailboard/service/log'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { build, canBuild, canMount } from '../testing/native.ts'
import type { FromChild, ToChild } from './hat-messages.ts'
import { HatProcess } from './hat-process.ts'
import { openBus } from './i2c.ts'

const child = join(import.meta.dirname, 'hat-child.ts')
const rows = (colours: string[]) => colours.map((colour) => colour.repeat(8)).join('')

describe.skipIf(!canBuild)('node-sense-hat and i2c-bus themselves, compiled for this node', () => {
  beforeAll(build, 600_000)

  test.skipIf(existsSync('/dev/i2c-1'))('i2c-bus says ENOENT where there is no bus', async () => {
    await expect(openBus()).rejects.toMatchObject({ code: 'ENOENT' })
    const { default: i2c } = await import('i2c-bus')
    // It opens the bus with the first transfer, once for each chip.
    const bus = await i2c.openPromisified(1)
    await expect(bus.readByte(0x5f, 0x0f)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.skipIf(existsSync('/dev/i2c-1'))(
    'no motion chip: the package ends its process, which is started again without; no frame buffer: it throws, and that is told',
    async () => {
      const lines: Record<string, unknown>[] = []
      const log = createLogger({ service: 'test', write: (line) => lines.push(JSON.parse(line)) })
      const hat = new HatProcess({ log, onPress: () => {}, monotonicMs: () => 0 })
      try {
        await hat.drive({ leds: true, motion: true, joystick: false })
        await vi.waitFor(() => expect(lines.at(-1)?.message).toBe('the HAT’s process is ready'), 20_000)
        expect(lines).toMatchObject([
          { message: 'the HAT’s process ended; it is started again', code: 1, isMotionsFault: true },
          { leds: 'Cannot detect RPi-Sense FB device', motion: 'not asked for' },
        ])
        expect(hat.hasLeds).toBe(false)
        expect(await hat.readMotion()).toBeNull()
      } finally {
        await hat.stop()
      }
    },
  )

  describe.skipIf(!canMount)('over a frame buffer that is a file', () => {
    let root: string
    let started: ChildProcess | undefined
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'tailboard-fb-'))
      for (const folder of ['dev', 'class/graphics/fb0']) mkdirSync(join(root, folder), { recursive: true })
      writeFileSync(join(root, 'class/graphics/fb0/name'), 'RPi-Sense FB\n')
      writeFileSync(join(root, 'dev/fb0'), Buffer.alloc(128, 0xff))
    })
    afterEach(async () => {
      started?.kill('SIGKILL')
      rmSync(root, { recursive: true })
    })

    /** The child with a /sys/class and a /dev of its own. */
    async function start(): Promise<{ send(message: ToChild): void; process: ChildProcess }> {
      const mounts = `mount --bind ${root}/class /sys/class && mount --bind ${root}/dev /dev`
      const parts = JSON.stringify({ leds: true, motion: false, joystick: false })
      const command = `${mounts} && exec "$0" ${child} '${parts}'`
      started = spawn('unshare', ['-m', 'sh', '-c', command, process.execPath], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        cwd: tmpdir(),
      })
      const [message] = (await once(started, 'message')) as [FromChild]
      expect(message).toEqual({ type: 'ready', leds: null, motion: 'not asked for' })
      const { send } = started
      return { process: started, send: (said) => void send.call(started, said) }
    }

    const lit = () => readFileSync(join(root, 'dev/fb0'))
    const show = (frame: string, rotation = 0): ToChild => ({
      type: 'show',
      animation: { frames: [frame], frameMs: 1000, times: null, rotation },
    })
    const red = rows(['ff0000', ...Array(7).fill('000000')])

    test('what we show is there as RGB565, turned as asked, and dark at the end', async () => {
      const { send, process } = await start()
      expect(lit()).toEqual(Buffer.alloc(128))
      send(show(red))
      await vi.waitFor(() => expect(lit().readUInt16LE(0)).toBe(0xf800))
      expect(lit().readUInt16LE(14)).toBe(0xf800)
      expect(lit().readUInt16LE(16)).toBe(0)
      send(show(red, 180))
      await vi.waitFor(() => expect(lit().readUInt16LE(126)).toBe(0xf800))
      expect(lit().readUInt16LE(0)).toBe(0)
      const end = once(process, 'exit')
      send({ type: 'stop' })
      await end
      expect(lit()).toEqual(Buffer.alloc(128))
    })

    test('Ctrl-C and SIGTERM reach it too, and are its parent’s affair; a parent that dies leaves no light', async () => {
      const { send, process } = await start()
      send(show(red))
      await vi.waitFor(() => expect(lit().readUInt16LE(0)).toBe(0xf800))
      process.kill('SIGINT')
      process.kill('SIGTERM')
      const end = once(process, 'exit')
      process.disconnect()
      await end
      expect(lit()).toEqual(Buffer.alloc(128))
    })

    test('a frame buffer that is gone is told', async () => {
      const { send, process } = await start()
      rmSync(join(root, 'dev/fb0'))
      mkdirSync(join(root, 'dev/fb0'))
      const told = once(process, 'message')
      send(show(red))
      expect((await told)[0]).toMatchObject({ type: 'dark', reason: expect.stringContaining('EISDIR') })
    })
  })
})
