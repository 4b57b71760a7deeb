import { rmSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openBrowser } from '../testing/browser.ts'
import { buildPage } from '../testing/build-page.ts'
import { FakeGateway } from '../testing/fake-gateway.ts'
import { modelWith, start, statusAt } from '../testing/samples.ts'
import { words } from '../words/first-load.ts'

let dist: string
let browser: Browser
let gateway: FakeGateway
let context: BrowserContext
let page: Page

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
  context = await browser.newContext()
  page = await context.newPage()
})
afterEach(async () => {
  await context.close()
  await gateway.stop()
})

/** The page's clock stands still: whatever happens after this waits for no timer. */
async function visitAndStop(hash = ''): Promise<void> {
  await page.clock.install()
  await page.goto(gateway.url + hash)
  await page.getByText(words.link.live, { exact: true }).waitFor()
  await page.clock.pauseAt(Date.now() + 5_000)
}

const turn = (state: 'hidden' | 'visible') =>
  page.evaluate(`Object.defineProperty(document, 'visibilityState', { get: () => '${state}', configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))`)
const back = {
  'the network is back (online)': () => page.evaluate("window.dispatchEvent(new Event('online'))"),
  'the tab is looked at again': () => turn('visible'),
  'the page comes out of the browser’s store (pageshow)': () =>
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"),
}

test.each(Object.entries(back))(
  'when %s it connects at once, whatever the back-off',
  async (_name, happens) => {
    await visitAndStop()
    gateway.cut()
    await page.getByText(words.link.lost).waitFor()
    gateway.mend()
    expect(gateway.asked).toHaveLength(1)
    await happens()
    await expect.poll(() => gateway.asked.length, { timeout: 20_000 }).toBe(2)
    await page.getByText(words.link.live, { exact: true }).waitFor()
  },
)

test('a hidden page lets go after a minute, asks for nothing, and is back when it is seen', async () => {
  await visitAndStop('#/status')
  await page.getByRole('rowheader', { name: 'web-gateway' }).waitFor()
  await turn('hidden')
  expect(gateway.connected).toBe(1)
  await page.clock.runFor(70_000)
  await expect.poll(() => gateway.connected, { timeout: 20_000 }).toBe(0)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('websocket', (socket) => asked.push(socket.url()))
  await page.clock.runFor(600_000)
  expect(asked).toEqual([])
  await turn('visible')
  await expect.poll(() => gateway.connected, { timeout: 20_000 }).toBe(1)
  await page.getByText(words.link.live, { exact: true }).waitFor()
})
