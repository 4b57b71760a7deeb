import { rmSync } from 'node:fs'
import { stampPlus } from '@tailboard/contracts/time'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { axeFindings, isTooWide } from './testing/axe.ts'
import { openBrowser } from './testing/browser.ts'
import { buildPage } from './testing/build-page.ts'
import { FakeGateway } from './testing/fake-gateway.ts'
import { failureEvent, modelWith, node, readingEvent, runEvent, start, statusAt } from './testing/samples.ts'
import { words } from './words/first-load.ts'

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
  gateway = new FakeGateway(dist, modelWith(start), start, statusAt(start))
  await gateway.start()
  await open()
})
afterEach(async () => {
  await context.close()
  await gateway.stop()
})

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close()
  context = await browser.newContext({ bypassCSP: false, ...options })
  page = await context.newPage()
  complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A connection that the test cut is the browser's own complaint, not the page's.
    if (message.type() === 'error' && !/WebSocket|status of/.test(message.text()))
      complaints.push(message.text())
  })
}

const body = async () => (await page.locator('body').innerText()).replaceAll('\u00a0', ' ')
/** Waits until the page says so. */
const says = async (text: string) => {
  await expect.poll(body, { timeout: 20_000, message: `the page says “${text}”` }).toContain(text)
}
const saysNot = async (text: string) => {
  await expect
    .poll(body, { timeout: 20_000, message: `the page no longer says “${text}”` })
    .not.toContain(text)
}
const visit = async (hash = '') => {
  await page.goto(gateway.url + hash)
  await says('Live')
}

test('shows the numbers of the snapshot, with the strict policy and nothing from elsewhere', async () => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).host))
  await visit()
  for (const text of [
    'This Pi',
    '12 %',
    '43 %',
    '51.5 °C',
    '541 MB free of 948 MB',
    '1.2 MB/s down',
    '12 d 4 h',
  ]) {
    await says(text)
  }
  expect(new Set(asked)).toEqual(new Set([new URL(gateway.url).host]))
  expect(complaints).toEqual([])
})

test('a new reading appears without a reload', async () => {
  await visit()
  await page.evaluate("window.stayed = 'yes'")
  gateway.publish(readingEvent(start, { cpu: 77 }))
  await says('77 %')
  expect(await page.evaluate('window.stayed')).toBe('yes')
})

test('cut off it says so and marks all as old; back again each event came exactly once', async () => {
  await visit('#/status')
  gateway.publish(readingEvent(start, { cpu: 20 }))
  await says('Events received\n1')
  gateway.cut()
  await says(words.link.lost)
  await says('Old')
  for (const cpu of [30, 40, 50]) gateway.publish(readingEvent(start, { cpu }))
  gateway.mend()
  await saysNot(words.link.lost)
  await says('Events received\n4')
  await says('Reconnected\n1 time')
  gateway.publish(readingEvent(start, { cpu: 66 }))
  await says('Events received\n5')
  expect(gateway.asked).toEqual([null, '1001-0'])
  await page.getByRole('link', { name: 'Home' }).click()
  await says('66 %')
  await says('Up to date')
})

test('turns stale as time passes, with no message from the server', async () => {
  gateway.model = modelWith(stampPlus(start, -100_000))
  await page.clock.install()
  await visit()
  await says('Measured 1 min ago')
  await says('Up to date')
  await page.clock.runFor(25_000)
  await says('Measured 2 min ago')
  await says(words.card.stale)
  await saysNot('Up to date')
})

test('ages go on while the connection is down', async () => {
  await page.clock.install()
  await visit()
  gateway.cut()
  await page.clock.runFor(2_000)
  await says(words.link.lost)
  await page.clock.runFor(180_000)
  await says('this is how it was 3 min ago')
  await says(words.card.stale)
})

test('a device that slept is back at once, from where it was', async () => {
  await page.clock.install()
  await visit()
  await page.clock.fastForward(3_600_000)
  await expect.poll(() => gateway.asked, { timeout: 20_000 }).toEqual([null, '1000-0'])
  await says('Live')
})

test('a failure stands in words with its hint beside the last good numbers', async () => {
  await visit()
  gateway.publish(failureEvent(start))
  await says('Failed')
  await says('The folder /host/proc can’t be read.')
  await says('Look whether the volume is still in docker-compose.yml.')
  await says('12 %')
  gateway.publish(readingEvent(start, { cpu: 21 }))
  await saysNot('Failed')
})

test('the last visit is painted at once, marked as old, until the server answers', async () => {
  await visit()
  await page.reload()
  await says('Live')
  gateway.cut()
  await page.reload()
  await says('12 %')
  await says('Old')
  await says(words.link.lost)
  gateway.mend()
  await says('Up to date')
})

test('simulated numbers, notices and a broken configuration say so; garbage is named and ignored', async () => {
  gateway.model = modelWith(start, { simulated: true })
  await visit()
  await says('Simulated')
  const notice = { type: 'notice' as const, node, stamp: start, id: 'redis-save', level: 'error' as const }
  gateway.publish({ ...notice, text: 'The card is full.', hint: 'Make room.' })
  await says('The card is full.')
  await says('Make room.')
  gateway.publish({ ...notice, text: null, hint: null })
  await saysNot('The card is full.')
  const known = gateway.model.config
  if (known === null) throw new Error('the sample has a configuration')
  const problems = [{ path: 'maxConcurrent', reason: 'must be 4 or less', line: 3, column: 1 }]
  const status = { ...known.status, problems }
  gateway.publish({ type: 'config', node, stamp: start, status, config: known.config })
  await says('Line 3, column 1: maxConcurrent must be 4 or less')
  gateway.send('<html>what?</html>')
  await says(words.link.garbage(1).replaceAll('\u00a0', ' '))
  await says('12 %')
})

test('a name full of HTML is text', async () => {
  await visit()
  const event = readingEvent(start)
  if (event.type !== 'reading') throw new Error('the sample is a reading')
  const host = { name: '<img src=x onerror=alert(1)>', model: null, uptimeS: 1 }
  gateway.publish({ ...event, reading: { ...event.reading, data: { ...event.reading.data, host } } })
  await says('<img src=x onerror=alert(1)>')
  expect(await page.locator('article img').count()).toBe(0)
})

test('data that the card can’t show breaks neither page nor connection', async () => {
  await visit()
  const event = readingEvent(start)
  if (event.type !== 'reading') throw new Error('the sample is a reading')
  gateway.publish({ ...event, reading: { ...event.reading, data: {} } })
  await says(words.card.broken)
  expect(await body()).toContain('Live')
  gateway.publish(readingEvent(start, { cpu: 88 }))
  await says('88 %')
  await saysNot(words.card.broken)
})

test('all numbers are one click away, with units and the interfaces', async () => {
  await visit()
  await page.getByText('All numbers').click()
  for (const text of [
    'Load, 15 min',
    '1200 MHz',
    'not available here',
    'fe80::ba27:ebff:fe12:3456',
    '48 GB',
  ]) {
    await says(text)
  }
  expect(complaints).toEqual([])
})

test('the status page tells runs and their cost, services, what differs, and starts a run', async () => {
  await visit('#/status')
  for (const text of [
    '39 MiB',
    '730 ms',
    'took too long, stopped',
    'web-gateway',
    '96 MiB',
    'TAILBOARD_HOSTS',
  ]) {
    await says(text)
  }
  const button = page.getByRole('button', { name: 'Run now: This Pi' })
  await button.click()
  await says(words.status.runAsked)
  expect(gateway.runs).toEqual(['/api/sources/system/run'])
  gateway.publish(runEvent(start, true))
  await says('Measuring')
  expect(await button.getAttribute('aria-disabled')).toBe('true')
  await button.click({ force: true })
  gateway.publish(runEvent(start, false))
  await saysNot('Measuring')
  expect(gateway.runs).toHaveLength(1)
})

test.each([
  [409, 'application/json', '{}', words.status.runBusy],
  [403, 'text/html', '<h1>no</h1>', words.status.runRefusedHint],
  [503, 'text/html', '', words.status.runAway],
  [503, 'application/problem+json', '{"detail":"Redis is away."}', 'Redis is away.'],
])('a run that is answered %d (%s) is told in words', async (status, type, answer, text) => {
  gateway.runAnswer = { status, type, body: answer }
  await visit('#/status')
  await page.getByRole('button', { name: 'Run now: This Pi' }).click()
  await says(text)
})

const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [390, 1440].map((width) => ({ colorScheme, width })),
)
test.each(looks)('axe finds nothing in $colorScheme at $width px', async ({ colorScheme, width }) => {
  await open({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' })
  const findings = () => axeFindings(page)
  await visit()
  await page.getByText('All numbers').click()
  await says('Network interfaces')
  expect(await findings()).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  gateway.publish(failureEvent(start))
  await says('Failed')
  expect(await findings()).toEqual([])
  await page.goto(`${gateway.url}#/status`)
  await says('web-gateway')
  expect(await findings()).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  gateway.cut()
  await says(words.link.lost)
  expect(await findings()).toEqual([])
  await page.goto(`${gateway.url}refused.html`)
  expect(await findings()).toEqual([])
})
