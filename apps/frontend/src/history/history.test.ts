import { rmSync } from 'node:fs'
import { type HistoryAnswer, historyAnswerSchema } from '@tailboard/contracts/history'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { axeFindings, isTooWide } from '../testing/axe.ts'
import { openBrowser } from '../testing/browser.ts'
import { buildPage } from '../testing/build-page.ts'
import { FakeGateway, type FakeHistory } from '../testing/fake-gateway.ts'
import { systemHistory } from '../testing/history-samples.ts'
import { start, statusAt } from '../testing/samples.ts'
import { fullModel } from '../testing/source-samples.ts'

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
  gateway.history.system = systemHistory
  await gateway.start()
  await open()
})
afterEach(async () => {
  await context.close()
  await gateway.stop()
})

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close()
  context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
  page = await context.newPage()
  complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of/.test(message.text())) complaints.push(message.text())
  })
}

const card = () =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'This Pi', level: 2 }) })
const strip = () => card().locator('summary').filter({ hasText: 'Processor in 24' })
const openCharts = async () => {
  await page.goto(gateway.url)
  await strip().press('Enter')
  await card().locator('canvas').waitFor()
}
const plain = async () => (await card().innerText()).replaceAll('\u00a0', ' ')

test('a day on the card, with its extremes in words; the answer is as the contract has it', async () => {
  v.parse(historyAnswerSchema, systemHistory({ ...(await emptyAnswer()) }))
  await page.goto(gateway.url)
  await expect.poll(plain).toContain('Processor in 24 hours: 10 % to 76 %')
  const asked = gateway.historyAsked.find(({ source }) => source === 'system')
  expect(asked?.query.get('points')).toBe('96')
  // By the server's clock, which is years away from the browser's.
  expect(
    Math.abs(Date.parse(asked?.query.get('from') ?? '') - (Date.parse(start.at) - 86_400_000)),
  ).toBeLessThan(60_000)
  expect(complaints).toEqual([])
})

const emptyAnswer = async () => ({
  ...{
    node: 'pi',
    source: 'system',
    from: new Date(Date.parse(start.at) - 86_400_000).toISOString(),
    to: start.at,
  },
  ...{ intervalSeconds: 60, simulated: false, at: [], series: [] },
})

test('all of it by keyboard: chart, another field, another range, the table', async () => {
  await openCharts()
  await expect.poll(plain).toContain('Lowest 10 %, highest 76 %')
  await card().getByRole('img', { name: 'Processor, last 24' }).waitFor()

  const select = card().getByLabel('Show')
  await select.focus()
  await page.keyboard.press('ArrowDown')
  await card().getByRole('img', { name: 'Download, last 24' }).waitFor()
  await expect.poll(plain).toMatch(/eth0\s+Lowest 1.0 kB\/s, highest 1.1 kB\/s/)
  expect(await plain()).toMatch(/wlan0\s+Lowest 510 B\/s/)

  await card().getByRole('radio', { name: '24 hours' }).focus()
  await page.keyboard.press('ArrowLeft')
  await card().getByRole('img', { name: 'Download, last 6' }).waitFor()
  // The strips of the other cards ask too, with fewer points.
  const charts = () => gateway.historyAsked.filter(({ query }) => query.get('points') === '300')
  await expect.poll(() => charts().length, { message: 'once a range' }).toBe(2)
  const from = charts().at(-1)?.query.get('from') ?? ''
  expect(Math.abs(Date.parse(from) - (Date.parse(start.at) - 6 * 3_600_000))).toBeLessThan(60_000)

  await card().getByText('As a table').press('Enter')
  const rows = card().getByRole('table', { name: 'Download, last 6' }).getByRole('row')
  // A fold says that it is open a moment after it is.
  await rows.first().waitFor()
  expect(await rows.count()).toBeGreaterThan(10)
  expect(await rows.first().innerText()).toMatch(/eth0, lowest/i)
  expect(complaints).toEqual([])
})

test('the chart is right at the extremes: the peak is drawn at its place, the gap is empty', async () => {
  await openCharts()
  const seen = (await page.evaluate(`(() => {
    const canvas = document.querySelector('canvas')
    const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    const accent = getComputedStyle(canvas).getPropertyValue('--accent').trim()
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(accent.slice(at, at + 2), 16))
    const tops = []
    for (let x = 0; x < width; x++) {
      let top = null
      for (let y = 0; y < height && top === null; y++) {
        const at = 4 * (y * width + x)
        if (Math.abs(data[at] - r) < 40 && Math.abs(data[at + 1] - g) < 40 && Math.abs(data[at + 2] - b) < 40 && data[at + 3] > 128) top = y
      }
      tops.push(top)
    }
    return { tops, left: document.querySelector('.u-over').offsetLeft, width: document.querySelector('.u-over').offsetWidth }
  })()`)) as { tops: (number | null)[]; left: number; width: number }
  const inPlot = seen.tops.slice(seen.left, seen.left + seen.width)
  const highest = inPlot.reduce<number>(
    (best, top, x) => (top !== null && top < (inPlot[best] ?? 1e9) ? x : best),
    0,
  )
  expect(highest / seen.width, 'a quarter of the day in').toBeCloseTo(0.25, 1)
  const middle = inPlot.slice(Math.ceil(seen.width * 0.51), Math.floor(seen.width * 0.535))
  expect(middle.length).toBeGreaterThan(3)
  expect(
    middle.every((top) => top === null),
    'the gap',
  ).toBe(true)
})

/** The page's clock goes on in steps until it is so: what is fetched in between takes its own time. */
const afterAWhile = (see: () => Promise<unknown>, so: unknown) =>
  expect
    .poll(async () => {
      await page.clock.runFor(31_000)
      return see()
    })
    .toEqual(so)

test('fewer than two samples are no history yet, and nothing is said of it', async () => {
  const only =
    (count: number): FakeHistory =>
    (nothing) => {
      const { at, series } = systemHistory(nothing) as HistoryAnswer
      const first = series.map(({ min, max, ...line }) => ({
        ...line,
        min: min.slice(0, count),
        max: max.slice(0, count),
      }))
      return { ...nothing, at: at.slice(0, count), series: first }
    }
  await page.clock.install()
  for (const count of [0, 1]) {
    gateway.history.system = only(count)
    const askedBefore = gateway.historyAsked.length
    await page.goto(gateway.url)
    await page.reload()
    await expect.poll(() => gateway.historyAsked.length).toBeGreaterThan(askedBefore + 5)
    await expect.poll(plain).toContain('All numbers')
    expect(await plain()).not.toMatch(/history/i)
    expect(await strip().count()).toBe(0)
  }
  gateway.history.system = only(2)
  await page.clock.runFor(301_000)
  await strip().waitFor()
})

test('a history that does not load: nothing at the first time, then one line; the numbers stay', async () => {
  await page.clock.install()
  gateway.history.weather = () => ({
    type: 'urn:tailboard:redis-away',
    title: 'The store (Redis) is away',
    status: 503,
    detail: 'Redis does not answer.',
    hint: 'Look at: docker compose ps',
  })
  await page.goto(gateway.url)
  await strip().waitFor()
  const asked = () => gateway.historyAsked.filter(({ source }) => source === 'weather').length
  await expect.poll(asked).toBe(1)
  const line = page.getByText('The history does not load: Redis does not answer.')
  expect(await line.count()).toBe(0)
  await afterAWhile(() => line.count(), 1)
  expect(asked()).toBeGreaterThan(1)
  expect(await page.getByRole('article').filter({ has: line }).innerText()).toContain('Partly cloudy')
  delete gateway.history.weather
  await afterAWhile(() => line.count(), 0)
})

test('a strip that gets no newer numbers says so', async () => {
  await page.clock.install()
  await page.goto(gateway.url)
  await strip().waitFor()
  await page.route('**/api/history/system?**', (route) => route.abort())
  await afterAWhile(async () => (await plain()).includes('does not load: the Pi did not answer.'), true)
  expect(await strip().count()).toBe(1)
})

test('simulated history says so', async () => {
  gateway.history.system = (nothing) => ({ ...(systemHistory(nothing) as object), simulated: true }) as never
  await openCharts()
  expect(await strip().innerText()).toContain('(simulated)')
})

test.each([
  [390, 'light'],
  [1440, 'dark'],
] as const)('%s px, %s: axe finds nothing, nothing sticks out', async (width, colorScheme) => {
  await open({ viewport: { width, height: 900 }, colorScheme })
  await openCharts()
  await card().getByText('As a table').press('Enter')
  await expect.poll(() => card().getByRole('table').count()).toBe(1)
  if (process.env.SHOTS)
    await card().screenshot({ path: `${process.env.SHOTS}/history-${width}-${colorScheme}.png` })
  expect(await axeFindings(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
})
