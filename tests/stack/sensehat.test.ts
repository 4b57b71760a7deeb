import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SourceAnswer } from '@tailboard/contracts'
import type { SensehatData } from '@tailboard/contracts/sources/sensehat'
import {
  alwaysOn,
  command,
  configText,
  docker,
  makeKernelHat,
  openBrowser,
  Project,
  until,
  without,
} from '@tailboard/stack'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('sensehat')
const bus = '/dev/i2c-1'
/** The waits between the restarts of a child that is killed grow to a minute: ten times take four of them. */
const kills = process.env.SOAK === '1' ? 10 : 3

describe.skipIf(without.has('engine') || without.has('browser'))('the Sense HAT in the whole stack', () => {
  let browser: Browser
  let page: Page
  let base = ''
  let folder = ''

  beforeAll(async () => {
    if (existsSync(bus)) throw new Error(`${bus} is there: these tests need a machine without a HAT`)
    folder = await mkdtemp(join(tmpdir(), 'tailboard-hat-'))
    await project.create()
    await project.writeFile('config/tailboard.yaml', configText({ sensehat: {} }))
    await useHat({})
    await project.build()
    await project.up()
    base = (await project.front()).url
    browser = await openBrowser()
    page = await browser.newPage()
    await page.goto(base)
  })
  afterAll(async () => {
    await browser?.close()
    await project.remove()
    await rm(bus, { force: true })
    await rm(folder, { recursive: true, force: true })
  })

  /** What the service is given besides or in place of what the compose file gives it. */
  const useHat = async (options: object) => {
    await project.writeFile('hat.yml', JSON.stringify({ services: { 'source-sensehat': options } }))
    project.overrides = ['hat.yml']
  }
  const card = () =>
    page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Sense HAT', exact: true }) })
  const says = (text: string) => card().getByText(text).first().waitFor({ timeout: 60_000 })
  const view = async () => {
    const { sources } = (await (await fetch(new URL('/api/sources', base))).json()) as {
      sources: SourceAnswer[]
    }
    const found = sources.find(({ id }) => id === 'sensehat')
    if (found === undefined) throw new Error('no sensehat in /api/sources')
    return found
  }
  const hat = async () => (await view()).reading?.data as SensehatData | undefined
  /** What opening a path comes to inside of the running container. */
  const opening = async (path: string) => {
    const script = `try { require('node:fs').openSync('${path}', 'r+'); console.log('opened') } catch (error) { console.log(error.code) }`
    const node = ['/usr/local/bin/node', '-e', script]
    return (await project.compose('exec', '-T', 'source-sensehat', ...node)).trim()
  }

  test('`up` on a machine without a HAT: all that lives always runs, and the card says what to do', async () => {
    const running = (await project.containers()).filter(({ state }) => state === 'running')
    expect(running.map(({ service }) => service).sort()).toEqual(alwaysOn)
    await says('No Sense HAT found: this machine has no I2C bus 1')
    await says('sudo raspi-config nonint do_i2c 0')
    expect((await view()).reading).toBeNull()
    expect((await project.inspect('source-sensehat')).RestartCount).toBe(0)
  })

  test('its /dev: what every program needs works, no other device can be opened, nothing of the house’s memory is seen', async () => {
    expect(await opening('/dev/null')).toBe('opened')
    expect(await opening('/dev/urandom')).toBe('opened')
    expect(await opening('/dev/loop-control')).toBe('EPERM')
    await writeFile('/dev/shm/tailboard-test-secret', 'of the house')
    try {
      expect(await opening('/dev/shm/tailboard-test-secret')).toBe('ENOENT')
    } finally {
      await rm('/dev/shm/tailboard-test-secret')
    }
  })

  test('a bus that appears after the start is opened: the card goes on to what is wrong next', async () => {
    // I2C bus 1. No driver stands behind it here, so the kernel says what it says where no chip answers.
    await command('mknod', ['-m', '660', bus, 'c', '89', '1'])
    expect(await opening(bus)).toBe('ENXIO')
    await says('No Sense HAT found: its humidity chip does not answer')
    await rm(bus)
    await says('this machine has no I2C bus 1')
    expect((await project.inspect('source-sensehat')).RestartCount).toBe(0)
  })

  test('a simulated HAT says so; a message from the page is in its matrix; a press is on the card', async () => {
    await useHat({ environment: { TAILBOARD_SIMULATED: '1' } })
    await project.up()
    await says('Simulated')
    await until('a reading', async () => (await view()).reading?.simulated)
    // The simulated driver presses by itself, at first what shows the address: later it would take the message's place.
    await says('pressed down')
    await card().getByText('Write on the LEDs').click()
    await card().getByLabel('Message').fill('Dinner')
    await card().getByLabel('Colour').fill('#ff8800')
    await card().getByLabel('Times').fill('20')
    await card().getByRole('button', { name: 'Show it' }).click()
    await says('They show “Dinner”.')
    // As bright as the configuration has it: 30 %.
    await card().locator('svg rect[fill="#4d2900"]').first().waitFor({ timeout: 60_000 })
    expect((await hat())?.leds).toMatchObject({ mode: 'message', message: 'Dinner' })
    await card().getByRole('button', { name: 'Switch the LEDs off' }).click()
    await says('All dark.')
    expect((await hat())?.leds).toMatchObject({ mode: 'off', pixels: null })
  })

  test(`node-sense-hat in the image: its process killed ${kills} times, the readings go on and the LEDs are dark at the end`, async () => {
    await useHat(await makeKernelHat(folder))
    await project.up()
    await until('the kernel’s values', async () => (await hat())?.via.humidity === 'kernel')
    expect((await hat())?.climate).toMatchObject({ temperatureC: 31.3, humidityPercent: 40.5 })
    const { id } = await service()
    const children = async () => {
      const { Processes } = (await docker.getContainer(id).top({ ps_args: '-eo pid,args' })) as {
        Processes: [string, string][]
      }
      return Processes.filter(([, args]) => args.includes('hat-child')).map(([pid]) => Number(pid))
    }
    for (let killed = 0; killed < kills; killed++) {
      const [pid = 0] = await until('the child', async () => (await children()).length > 0 && children())
      expect(pid).toBeGreaterThan(1)
      process.kill(pid, 'SIGKILL')
      const { lastSuccess } = await view()
      await until('a success after it', async () => (await view()).lastSuccess !== lastSuccess)
    }
    await until('the LEDs to be there again', async () => (await hat())?.leds.isAvailable)
    const { State, RestartCount } = await docker.getContainer(id).inspect()
    expect({ running: State.Running, oom: State.OOMKilled, restarts: RestartCount }).toEqual({
      running: true,
      oom: false,
      restarts: 0,
    })
    const args = { text: 'Dinner', colour: '#ff8800', times: 20 }
    const asked = await fetch(new URL('/api/sources/sensehat/commands', base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ verb: 'message', args }),
    })
    expect(asked.status).toBe(202)
    const isLit = async () => (await readFile(join(folder, 'dev/fb0'))).some((byte) => byte !== 0)
    await until('light in the frame buffer', isLit, { everyMs: 50 })
    await project.compose('stop', 'source-sensehat')
    expect(await isLit()).toBe(false)
  })

  const service = async () => {
    const found = (await project.containers()).find((each) => each.service === 'source-sensehat')
    if (found === undefined) throw new Error('no container of source-sensehat')
    return found
  }
})
