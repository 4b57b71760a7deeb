import { rmSync } from 'node:fs'
import type { Failure } from '@tailboard/contracts/error'
import { sourceIds } from '@tailboard/contracts/sources/known'
import { stampPlus } from '@tailboard/contracts/time'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { axeFindings, isTooWide } from '../testing/axe.ts'
import { openBrowser } from '../testing/browser.ts'
import { buildPage } from '../testing/build-page.ts'
import { FakeGateway } from '../testing/fake-gateway.ts'
import { commandEvent, modelWith, start, statusAt, withFailure, withReading } from '../testing/samples.ts'
import {
  aranet4Device,
  aranet4Sample,
  fullModel,
  piholeSample,
  sensehatSample,
  tailscaleSample,
  weatherSample,
} from '../testing/source-samples.ts'
import { words } from '../words/first-load.ts'
import { sensehatWords } from '../words/sensehat.ts'

let dist: string
let browser: Browser
let gateway: FakeGateway
let context: BrowserContext
let page: Page
let complaints: string[]

beforeAll(async () => {
  dist = await buildPage()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  rmSync(dist, { recursive: true, force: true })
})
beforeEach(async () => {
  gateway = new FakeGateway(dist, fullModel(start), start, statusAt(start))
  await gateway.start()
  await open()
})
afterEach(async () => {
  await context.close()
  await gateway.stop()
})

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close()
  context = await browser.newContext({ locale: 'en-GB', ...options })
  page = await context.newPage()
  complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of/.test(message.text())) complaints.push(message.text())
  })
}

const card = (title: string) =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: title, exact: true, level: 2 }) })
const textOf = async (title: string) => (await card(title).innerText()).replaceAll('\u00a0', ' ')
/** Waits until that card says so. */
const says = (title: string, text: string) =>
  expect
    .poll(() => textOf(title), { timeout: 20_000, message: `${title} says “${text}”` })
    .toContain(text.replaceAll('\u00a0', ' '))
const visit = async () => {
  await page.goto(gateway.url)
  await says('This Pi', '12 %')
}
const failure = (kind: Failure['kind'], message: string, hint: string): Failure => ({
  kind,
  message,
  hint,
  ...start,
})

test('the weather: now, whether to take an umbrella, what comes, and whose words they are', async () => {
  await visit()
  for (const text of [
    'Berlin, State of Berlin, Germany',
    '6°C',
    'Partly cloudy',
    'Take an umbrella: rain from about 12:00, 3.9 mm in all, chance 80 %.',
    '16 km/h, from the south-west, gusts 24 km/h',
    'Wednesday',
    'Measured just now',
  ]) {
    await says('Weather', text)
  }
  const link = card('Weather').getByRole('link')
  expect(await link.getAttribute('href')).toBe('https://open-meteo.com/')
  expect(await link.getAttribute('rel')).toContain('noopener')
  expect(await link.getAttribute('target')).toBe('_blank')
  expect(await page.locator('main a[href^="http"]').count()).toBe(1)
  await card('Weather').getByText(words.weather.details).click()
  await says('Weather', 'Tue 06:00')
  expect(complaints).toEqual([])
})

test('times stand as they are at the place, also where only its offset is known', async () => {
  const place = { ...weatherSample(start.at).place, timeZone: '+05:30', utcOffsetS: 19_800 }
  gateway.model = withReading(gateway.model, 'weather', { ...weatherSample(start.at), place }, start)
  await open({ timezoneId: 'America/New_York' })
  await visit()
  await says('Weather', 'rain from about 16:30')
})

test('Pi-hole: whether it blocks, what it stopped, and a pause that runs down by itself', async () => {
  await page.clock.install()
  await visit()
  for (const text of [
    'Blocking is on',
    '2,431',
    '18 %',
    'of 13,512 questions in 24 h',
    '164,320',
    'updated 2 days ago',
    'Core v6.1.2 → v6.1.4',
  ]) {
    await says('Pi-hole', text)
  }
  const pause = (remainingS: number) => {
    const off = piholeSample({ blocking: { state: 'disabled', remainingS } })
    const { reading } = withReading(gateway.model, 'pihole', off, start).sources.pihole
    if (reading === null) throw new Error('it has just been set')
    gateway.publish({ type: 'reading', node: 'pi', source: 'pihole', stamp: start, reading, failure: null })
  }
  pause(300)
  await says('Pi-hole', 'Off, for 5:00 more')
  await page.clock.runFor(55_000)
  await says('Pi-hole', 'Off, for 4:0')
  pause(10)
  await says('Pi-hole', 'Off, for 0:')
  await page.clock.runFor(15_000)
  await says('Pi-hole', words.pihole.timeUp)
  expect(complaints).toEqual([])
})

test('Pi-hole is switched off by keyboard alone, and what came of it is told', async () => {
  gateway.runAnswer = { status: 202, type: 'application/json', body: '{"id":"0a1b2c3d"}' }
  await visit()
  const button = card('Pi-hole').getByRole('button', { name: 'Off for 5 min' })
  await expect
    .poll(
      async () => {
        await page.keyboard.press('Tab')
        return button.evaluate((element) => element === element.ownerDocument.activeElement)
      },
      { interval: 1 },
    )
    .toBe(true)
  await page.keyboard.press('Enter')
  await says('Pi-hole', words.status.runAsked)
  expect(gateway.runs).toEqual(['/api/sources/pihole/commands'])
  expect(gateway.commands).toEqual([{ verb: 'disable', args: { minutes: 5 } }])
  expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
  gateway.publish(commandEvent(start, 'pihole'))
  await says('Pi-hole', 'Pi-hole lets everything through for 5 minutes (just now)')
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await expect.poll(() => gateway.commands).toHaveLength(2)
  expect(gateway.commands[1]).toEqual({ verb: 'enable', args: {} })
})

test.each([
  [409, 'application/json', '{}', words.command.busy],
  [
    422,
    'application/problem+json',
    '{"detail":"This source is switched off.","hint":"Switch it on."}',
    'This source is switched off. Switch it on.',
  ],
  [429, 'text/plain', '', words.command.tooMany],
  [503, 'text/html', '', words.status.runAway],
  [403, 'text/html', '<h1>no</h1>', words.status.runRefusedHint],
  [202, 'text/html', '<h1>what?</h1>', words.status.runAsked],
])('a command that is answered %d (%s) is told in words', async (status, type, body, text) => {
  gateway.runAnswer = { status, type, body }
  await visit()
  await card('Pi-hole').getByRole('button', { name: 'Off until switched on' }).click()
  await says('Pi-hole', text)
  expect(gateway.commands).toEqual([{ verb: 'disable', args: { minutes: null } }])
})

test('cut off, nothing can be asked for, and no button passes for one that works', async () => {
  await visit()
  gateway.cut()
  const button = card('Pi-hole').getByRole('button', { name: 'Switch on' })
  await expect.poll(() => button.getAttribute('aria-disabled'), { timeout: 20_000 }).toBe('true')
  await button.click({ force: true })
  expect(gateway.runs).toEqual([])
})

test('the lists of Pi-hole: names, none, and hidden, each told apart', async () => {
  gateway.model = withReading(
    gateway.model,
    'pihole',
    piholeSample({ topPermitted: [], topClients: null }),
    start,
  )
  await visit()
  await card('Pi-hole').getByText(words.pihole.details).click()
  await says('Pi-hole', 'ads.example.com')
  await says('Pi-hole', words.pihole.noneYet)
  await says('Pi-hole', words.pihole.hidden)
})

test('the tailnet: up, who is on it, whose key runs out; logged out is never up', async () => {
  await visit()
  for (const text of [
    'The tailnet is up',
    'Online: 4',
    'laptop',
    'through a relay (fra)',
    'offline, seen 2 days ago',
    'The key of nas runs out in 12 days.',
    '1.96.4, update to 1.98.0',
  ]) {
    await says('Tailnet', text)
  }
  await card('Tailnet').getByText(words.tailscale.details, { exact: true }).click()
  await says('Tailnet', 'older-laptop')
  const out = tailscaleSample({ isUp: false, state: 'needs-login', peers: [], health: ['DNS is broken.'] })
  gateway.model = withReading(modelWith(start), 'tailscale', out, start)
  await open()
  await visit()
  await says('Tailnet', 'This Pi is logged out')
  await says('Tailnet', 'DNS is broken.')
  expect(await textOf('Tailnet')).not.toContain(words.tailscale.up)
})

test('the air: the device’s own colour as a word, old air as old, and how a device is taken up', async () => {
  const old = aranet4Device({ name: 'Cellar', colour: 'green', measuredAt: stampPlus(start, -86_400_000).at })
  gateway.model = withReading(gateway.model, 'aranet4', aranet4Sample([aranet4Device(), old]), start)
  await visit()
  for (const text of [
    'Let air in soon',
    'yellow on the device',
    '1,238 ppm',
    '21.4 °C',
    'Old: measured 24 h ago',
  ]) {
    await says('Air', text)
  }
  expect(await textOf('Air')).not.toContain(words.aranet4.air.green)
  gateway.model = withReading(modelWith(start), 'aranet4', aranet4Sample([]), start)
  await open()
  await visit()
  await card('Air').getByText(words.aranet4.adopt).click()
  await says('Air', '- address: "d1:02:03:04:05:06"')
  await says('Air', words.aranet4.integrationsOff)
})

test('the Sense HAT: the room as an estimate, the pressure, how it lies, and a press as it happens', async () => {
  await visit()
  for (const text of [
    '23.4 °C',
    'an estimate of the room; measured 34.2 °C',
    '1,006 hPa',
    'falling, −1.4 hPa in 3 h',
    'roll 4°, pitch −12°, heading 271° west',
    'They show “Dinner”.',
    'up, 3 min ago',
  ]) {
    await says('Sense HAT', text)
  }
  const leds = card('Sense HAT').getByRole('img', { name: 'They show “Dinner”. 6 of 64 LEDs are lit.' })
  expect(await leds.locator('rect[fill="#ff8800"]').count()).toBe(3)
  const press = { key: 'middle', did: '192.168.1.20 is shown', stamp: start } as const
  gateway.publish({ type: 'press', node: 'pi', source: 'sensehat', stamp: start, press })
  await says('Sense HAT', 'pressed down, just now: 192.168.1.20 is shown')
  await card('Sense HAT').getByText(words.card.details).click()
  await says('Sense HAT', 'over the I2C bus')
  expect(complaints).toEqual([])
})

test('a HAT of which only a part answers: what is missing is said, and no old number stands in for it', async () => {
  const partial = sensehatSample({
    climate: { temperatureC: 31, humidityPercent: null, pressureChipTemperatureC: null, pressureHpa: 1_002 },
    estimate: null,
    pressureTendency: null,
    motion: null,
    leds: { isAvailable: false, mode: 'off', message: null, gauge: null, pixels: null },
    joystick: { isAvailable: false, lastPress: null },
    dropped: [{ field: 'pressureHpa', value: 3_000, reason: 'outside of what the chip can measure' }],
  })
  gateway.model = withReading(modelWith(start), 'sensehat', partial, start)
  await visit()
  for (const text of [
    sensehatWords.asMeasured,
    sensehatWords.noTendency,
    sensehatWords.missing,
    sensehatWords.noLeds,
    sensehatWords.noJoystick,
  ]) {
    await says('Sense HAT', text)
  }
  expect(await card('Sense HAT').getByText(sensehatWords.write).count()).toBe(0)
  await card('Sense HAT').getByText(words.card.details).click()
  await says('Sense HAT', 'pressureHpa 3000: outside of what the chip can measure')
})

test('a message is written on the LEDs, and they are switched off again, by keyboard', async () => {
  gateway.runAnswer = { status: 202, type: 'application/json', body: '{"id":"0a1b2c3d"}' }
  await visit()
  await card('Sense HAT').getByText(sensehatWords.write).click()
  const form = card('Sense HAT').getByRole('form', { name: sensehatWords.write })
  const show = form.getByRole('button', { name: sensehatWords.send })
  const message = form.getByLabel(sensehatWords.message)
  await message.fill('   ')
  expect(await show.getAttribute('aria-disabled')).toBe('true')
  await message.press('Enter')
  await message.fill(' Dinner <b>now</b> ')
  await form.getByLabel(sensehatWords.colour).fill('#ff8800')
  await form.getByLabel(sensehatWords.times).fill('2')
  await message.press('Enter')
  await says('Sense HAT', words.status.runAsked)
  await form.getByRole('button', { name: sensehatWords.clear }).press('Enter')
  await expect.poll(() => gateway.commands).toHaveLength(2)
  expect(gateway.runs).toEqual(['/api/sources/sensehat/commands', '/api/sources/sensehat/commands'])
  expect(gateway.commands).toEqual([
    { verb: 'message', args: { text: 'Dinner <b>now</b>', colour: '#ff8800', times: 2 } },
    { verb: 'clear', args: {} },
  ])
  gateway.publish(commandEvent(start, 'sensehat', { verb: 'clear', outcome: 'The LEDs are off' }))
  await says('Sense HAT', 'The LEDs are off (just now)')
  expect(complaints).toEqual([])
})

test('what was never set up stands last, in calm words; what has failed is an alarm', async () => {
  gateway.model = withFailure(
    fullModel(start),
    'tailscale',
    failure('unreachable', 'It stopped.', 'Start it.'),
  )
  gateway.model = withFailure(
    { ...gateway.model, sources: { ...gateway.model.sources, weather: modelWith(start).sources.weather } },
    'weather',
    failure('misconfigured', 'No place is set for the weather', 'Write the line “place: Berlin”'),
  )
  await visit()
  await says('Weather', 'Not set up yet')
  await says('Weather', 'Write the line “place: Berlin”')
  expect(await textOf('Weather')).not.toContain('Failed')
  await says('Tailnet', 'Failed')
  await says('Tailnet', 'It stopped.')
  await says('Tailnet', 'The tailnet is up')
  const titles = await page.locator('article h2').allInnerTexts()
  expect(titles.at(-1)).toBe('Weather')
  expect(titles).toHaveLength(sourceIds.length)
})

test('names full of HTML are text, and no foreign link gets on the page', async () => {
  const evil = '<img src=x onerror=alert(1)>'
  const weather = weatherSample(start.at)
  let model = withReading(
    gateway.model,
    'weather',
    {
      ...weather,
      place: { ...weather.place, name: evil },
      attribution: { text: evil, url: 'javascript:alert(1)' },
    },
    start,
  )
  const tailnet = tailscaleSample({ health: [evil] })
  model = withReading(
    model,
    'tailscale',
    { ...tailnet, peers: tailnet.peers.map((peer) => ({ ...peer, name: evil })) },
    start,
  )
  model = withReading(model, 'aranet4', aranet4Sample([aranet4Device({ name: evil })]), start)
  gateway.model = withReading(
    model,
    'pihole',
    piholeSample({ topBlocked: [{ domain: evil, count: 1 }] }),
    start,
  )
  await visit()
  await card('Pi-hole').getByText(words.pihole.details).click()
  for (const title of ['Weather', 'Tailnet', 'Air', 'Pi-hole']) await says(title, evil)
  expect(await page.locator('article img').count()).toBe(0)
  expect(await card('Weather').getByRole('link').count()).toBe(0)
  expect(complaints).toEqual([])
})

test('data of another form breaks one card and no other', async () => {
  for (const id of ['weather', 'pihole', 'tailscale', 'aranet4', 'sensehat'] as const) {
    gateway.model = withReading(gateway.model, id, {}, start)
  }
  await visit()
  for (const title of ['Weather', 'Pi-hole', 'Tailnet', 'Air', 'Sense HAT'])
    await says(title, words.card.broken)
})

const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [390, 820, 1440].map((width) => ({ colorScheme, width })),
)
test.each(looks)(
  'axe finds nothing on the cards in $colorScheme at $width px',
  async ({ colorScheme, width }) => {
    await open({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' })
    await visit()
    // It is fetched beside the first load.
    await says('Sense HAT', 'They show “Dinner”.')
    for (const summary of await page.locator('summary').all()) await summary.click()
    await says('Tailnet', 'older-laptop')
    await says('Weather', 'Tue 06:00')
    await says('Air', words.aranet4.others)
    await says('Sense HAT', sensehatWords.clear)
    expect(await axeFindings(page)).toEqual([])
    expect(await isTooWide(page)).toBe(false)
    const weather = { ...gateway.model.sources.weather, reading: null, success: null }
    gateway.model = withFailure(
      { ...gateway.model, sources: { ...gateway.model.sources, weather } },
      'weather',
      failure('misconfigured', 'No place.', 'Write it.'),
    )
    gateway.model = withFailure(
      gateway.model,
      'pihole',
      failure('unreachable', 'It is away.', 'Switch it on.'),
    )
    const tailnet = tailscaleSample({ isUp: false, state: 'stopped', peers: [], health: ['DNS is broken.'] })
    gateway.model = withReading(gateway.model, 'tailscale', tailnet, start)
    gateway.model = withReading(
      gateway.model,
      'aranet4',
      aranet4Sample([aranet4Device({ colour: 'red', isBatteryLow: true })]),
      start,
    )
    await page.evaluate('localStorage.clear()')
    await visit()
    await says('Weather', 'Not set up yet')
    expect(await axeFindings(page)).toEqual([])
    expect(await isTooWide(page)).toBe(false)
  },
)
