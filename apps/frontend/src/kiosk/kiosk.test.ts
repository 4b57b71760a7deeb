import { rmSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openBrowser } from '../testing/browser.ts'
import { buildPage } from '../testing/build-page.ts'
import { FakeGateway } from '../testing/fake-gateway.ts'
import { start, statusAt } from '../testing/samples.ts'
import { fullModel } from '../testing/source-samples.ts'
import { words } from '../words/first-load.ts'

let dist: string
let browser: Browser
let gateway: FakeGateway
let context: BrowserContext
let page: Page

beforeAll(async () => {
  dist = await buildPage()
  browser = await openBrowser(['--host-resolver-rules=MAP pi.test 127.0.0.1'])
})
afterAll(async () => {
  await browser?.close()
  rmSync(dist, { recursive: true, force: true })
})
beforeEach(async () => {
  gateway = new FakeGateway(dist, fullModel(start), start, statusAt(start))
  await gateway.start()
  context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, hasTouch: true })
  page = await context.newPage()
})
afterEach(async () => {
  await context.close()
  await gateway.stop()
})

const leave = () => page.getByRole('link', { name: words.kiosk.leave })
/** Whether a person can see the way out. */
const isLeaveSeen = () =>
  leave().evaluate((link) => getComputedStyle(link.closest('aside') ?? link).clipPath === 'none')
const fontPx = () => page.evaluate<number>('parseFloat(getComputedStyle(document.documentElement).fontSize)')

test('the wall screen: larger, live, nothing to press, and back by Escape', async () => {
  await page.goto(gateway.url)
  await page.getByRole('link', { name: words.kiosk.open }).click()
  await page.getByText(words.kiosk.awake.awake).waitFor()
  expect(await page.getByRole('heading', { name: 'Weather' }).isVisible()).toBe(true)
  expect(await fontPx()).toBeGreaterThan(16)
  for (const role of ['button', 'navigation', 'group'] as const)
    expect(await page.getByRole(role).count()).toBe(0)
  await page.keyboard.press('Escape')
  await page.getByRole('navigation').waitFor()
  expect(await fontPx()).toBe(16)
})

test('the way out hides after a while, and comes by tap, key or Tab', async () => {
  await page.clock.install()
  await page.goto(`${gateway.url}#/kiosk`)
  await page.getByRole('heading', { name: 'Weather' }).waitFor()
  await expect.poll(isLeaveSeen).toBe(true)
  await page.clock.runFor(9_000)
  await expect.poll(isLeaveSeen).toBe(false)
  await page.touchscreen.tap(400, 400)
  await expect.poll(isLeaveSeen).toBe(true)
  await page.clock.runFor(9_000)
  await expect.poll(isLeaveSeen).toBe(false)
  await leave().focus()
  await page.clock.runFor(9_000)
  expect(await isLeaveSeen()).toBe(true)
  await page.keyboard.press('Enter')
  await page.getByRole('navigation').waitFor()
})

test('over plain HTTP it does not say that the screen stays on', async () => {
  await page.goto(gateway.url.replace('localhost', 'pi.test').concat('#/kiosk'))
  await page.getByText(words.kiosk.awake.unable).waitFor()
  expect(await page.evaluate('isSecureContext')).toBe(false)
})
