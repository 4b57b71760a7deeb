import { rmSync } from 'node:fs'
import type { Aranet4Settings } from '@tailboard/contracts/sources/aranet4'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { axeFindings } from '../testing/axe.ts'
import { openBrowser } from '../testing/browser.ts'
import { buildPage } from '../testing/build-page.ts'
import { FakeGateway } from '../testing/fake-gateway.ts'
import { modelWith, start, statusAt, withReading } from '../testing/samples.ts'
import { aranet4Sample } from '../testing/source-samples.ts'
import { words } from '../words/first-load.ts'

let dist: string
let browser: Browser
let gateway: FakeGateway
let page: Page

const address = 'd1:02:03:04:05:06'
const button = () => page.getByRole('button', { name: address })

beforeAll(async () => {
  dist = await buildPage()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  rmSync(dist, { recursive: true, force: true })
})
beforeEach(async () => {
  const model = withReading(modelWith(start), 'aranet4', aranet4Sample([]), start)
  gateway = new FakeGateway(dist, model, start, statusAt(start))
  await gateway.start()
  page = await browser.newPage()
  await page.goto(gateway.url)
  await button().waitFor()
})
afterEach(async () => {
  await page.close()
  await gateway.stop()
})

const taken = () => (gateway.config.current.config.sources.aranet4 as unknown as Aranet4Settings).devices
const says = (text: string) =>
  expect
    .poll(async () => (await page.locator('main').innerText()).replaceAll('\u00a0', ' '), { timeout: 20_000 })
    .toContain(text)

test('one tap takes a device up, beside those that are there; a second one says so', async () => {
  const first = { address: 'c7:18:1e:21:f4:87', name: 'Bedroom' }
  gateway.config.change({ sources: { aranet4: { devices: [first] } } })
  await button().focus()
  await page.keyboard.press('Enter')
  await says('is taken up. Its values come with the next measurement.')
  expect(taken()).toMatchObject([first, { address }])
  await button().click()
  await says('is taken up already.')
  expect(taken()).toHaveLength(2)
  expect(gateway.config.patches).toHaveLength(1)
  expect(await axeFindings(page)).toEqual([])
})

test('who may only look, a full list and a lost race are told in words, and nothing is changed', async () => {
  gateway.config.isReadOnly = true
  await button().click()
  await says(words.status.runRefused)
  gateway.config.isReadOnly = false
  const full = Array.from({ length: 8 }, (_, index) => ({ address: `c7:18:1e:21:f4:0${index}`, name: '' }))
  gateway.config.change({ sources: { aranet4: { devices: full } } })
  await button().click()
  await says('must be 8 devices or fewer')
  expect(taken()).toHaveLength(8)
  gateway.config.change({ sources: { aranet4: { devices: [] } } })
  await page.route('**/api/config', async (route) => {
    if (route.request().method() === 'PATCH') gateway.config.change({ maxConcurrent: 2 })
    await route.continue()
  })
  await button().click()
  await says('The settings were changed meanwhile')
  expect(taken()).toEqual([])
})
