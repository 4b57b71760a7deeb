import { rmSync } from 'node:fs'
import { defaultConfig } from '@tailboard/contracts/config'
import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openBrowser } from '../testing/browser.ts'
import { buildPage } from '../testing/build-page.ts'
import { FakeGateway } from '../testing/fake-gateway.ts'
import { node, start, statusAt } from '../testing/samples.ts'
import { fullModel } from '../testing/source-samples.ts'
import { arrangeWords } from '../words/arrange.ts'
import { words } from '../words/first-load.ts'
import type { PageSettings } from './arrangement.ts'

let dist: string
let browser: Browser
let gateway: FakeGateway
let context: BrowserContext
let page: Page
/** The settings of the page in force, and their version; what was asked to be written, with the version that it saw. */
let inForce: { page: PageSettings; version: string }
let written: { seen: string | null; page: PageSettings }[]

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
  written = []
  inForce = { page: { order: [], hidden: [] }, version: 'v1' }
  gateway.model = { ...gateway.model, config: published() }
  await open()
})
afterEach(async () => {
  await context.close()
  await gateway.stop()
})

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close()
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  page = await context.newPage()
  await page.route('**/api/config', answer)
  await page.goto(gateway.url)
  await page.getByRole('button', { name: words.arrange.open }).waitFor()
}

function published() {
  const status = {
    version: inForce.version,
    origin: 'file' as const,
    problems: [],
    unknownKeys: [],
    notWritable: null,
    changed: start,
  }
  return { status, config: { ...defaultConfig, page: inForce.page } }
}

/** As the gateway does it: who saw another version is refused, who writes is told to all. */
async function answer(route: Route): Promise<void> {
  const request = route.request()
  if (request.method() === 'PATCH') {
    const seen = await request.headerValue('if-match')
    const body = request.postDataJSON()
    written.push({ seen, page: body.page })
    if (seen !== `"${inForce.version}"`) {
      await route.fulfill({ status: 412, contentType: 'application/problem+json', body: '{"title":"Lost"}' })
      return
    }
    change(body.page)
  }
  await route.fulfill({ json: published() })
}

/** Another arrangement comes into force, by whomever. */
function change(settings: PageSettings): void {
  inForce = { page: settings, version: `v${Number(inForce.version.slice(1)) + 1}` }
  gateway.publish({ type: 'config', node, stamp: start, ...published() })
}

const titles = (of = page) => of.locator('.cards article h2').allInnerTexts()
const rows = () => page.locator('li .title').allInnerTexts()
const startArranging = async () => {
  await page.getByRole('button', { name: words.arrange.open }).click()
  await page.getByRole('heading', { name: arrangeWords.heading }).waitFor()
}
const save = () => page.getByRole('button', { name: arrangeWords.save, exact: true }).click()
const isOver = () =>
  expect.poll(() => page.getByRole('heading', { name: arrangeWords.heading }).count()).toBe(0)

test('by keyboard alone a card is moved and one is hidden, said to screen readers, saved and seen by others', async () => {
  const other = await context.newPage()
  await other.goto(gateway.url)
  const press = async (name: string) => {
    await page.getByRole('button', { name, exact: true }).focus()
    await page.keyboard.press('Enter')
  }
  await press(words.arrange.open)
  const heading = page.getByRole('heading', { name: arrangeWords.heading })
  await heading.waitFor()
  expect(await heading.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
  const before = await rows()
  await press(arrangeWords.down('Weather'))
  const status = page.locator('section [role=status]').first()
  await expect.poll(() => status.innerText()).toBe(arrangeWords.place('Weather', 2, before.length))
  // The button that was pressed moved with its card, and still has the focus.
  await page.keyboard.press('Enter')
  await expect.poll(() => status.innerText()).toBe(arrangeWords.place('Weather', 3, before.length))
  await press(arrangeWords.hideCard('This Pi'))
  await expect.poll(() => status.innerText()).toBe(arrangeWords.nowHidden('This Pi'))
  await press(arrangeWords.save)
  await isOver()
  expect(written).toHaveLength(1)
  expect(written[0]?.seen).toBe('"v1"')
  expect(written[0]?.page.order.indexOf('weather')).toBe(2)
  expect(written[0]?.page.hidden).toEqual(['system'])
  for (const each of [page, other]) {
    await expect.poll(() => titles(each)).not.toContain('This Pi')
    expect((await titles(each))[2]).toBe('Weather')
  }
  const opener = page.getByRole('button', { name: words.arrange.open })
  expect(await opener.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
})

test.each(['mouse', 'touch'] as const)('by %s a card is dragged to its place', async (kind) => {
  if (kind === 'touch') await open({ hasTouch: true, viewport: { width: 390, height: 844 } })
  await startArranging()
  const before = await rows()
  const boxes = await page.locator('li .grip').evaluateAll((grips) =>
    grips.map((grip) => {
      const { x, y, width, height } = grip.getBoundingClientRect()
      return { x: x + width / 2, y: y + height / 2 }
    }),
  )
  const [from, , to] = boxes
  if (from === undefined || to === undefined) throw new Error('three cards or more')
  if (kind === 'mouse') {
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(to.x, to.y + 5, { steps: 8 })
    await page.mouse.up()
  } else {
    const session = await context.newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', y?: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: y === undefined ? [] : [{ x: from.x, y }],
      })
    await touch('touchStart', from.y)
    for (let step = 1; step <= 8; step += 1)
      await touch('touchMove', from.y + ((to.y + 5 - from.y) * step) / 8)
    await touch('touchEnd')
  }
  const [first, second, third, ...others] = before
  await expect.poll(rows).toEqual([second, third, first, ...others])
  await save()
  await isOver()
  expect(written).toHaveLength(1)
})

test('Escape puts back what is dragged, and a second one leaves all as it was', async () => {
  await startArranging()
  const before = await rows()
  const box = await page.locator('li .grip').first().boundingBox()
  if (box === null) throw new Error('the handle is there')
  await page.mouse.move(box.x + 10, box.y + 10)
  await page.mouse.down()
  await page.mouse.move(box.x + 10, box.y + 200, { steps: 5 })
  await expect.poll(rows).not.toEqual(before)
  await page.keyboard.press('Escape')
  await expect.poll(rows).toEqual(before)
  await page.mouse.up()
  await page.keyboard.press('Escape')
  await isOver()
  expect(written).toEqual([])
})

test('whoever arranged in between is not overwritten: his order is shown, and why', async () => {
  await startArranging()
  await page.getByRole('button', { name: arrangeWords.down('Weather') }).click()
  change({ order: ['system', 'weather'], hidden: ['pihole'] })
  await save()
  await page.getByText(arrangeWords.lost).waitFor()
  expect((await rows())[0]).toBe('This Pi')
  expect((await titles())[0]).toBe('This Pi')
  expect(inForce.page.order).toEqual(['system', 'weather'])
  await page.getByRole('button', { name: arrangeWords.up('Weather') }).click()
  await save()
  await isOver()
  expect(inForce.page.order.slice(0, 2)).toEqual(['weather', 'system'])
  expect(inForce.page.hidden).toEqual(['pihole'])
})

test('whoever changed something else in between is not in the way', async () => {
  await startArranging()
  await page.getByRole('button', { name: arrangeWords.down('Weather') }).click()
  inForce = { ...inForce, version: 'v9' }
  await save()
  await isOver()
  expect(written.map(({ seen }) => seen)).toEqual(['"v1"', '"v9"'])
})

test('a refusal is told in words, and the arrangement is not lost', async () => {
  await page.unroute('**/api/config')
  await page.route('**/api/config', (route) => route.fulfill({ status: 403, body: '' }))
  await startArranging()
  await page.getByRole('button', { name: arrangeWords.down('Weather') }).click()
  await save()
  await page.getByText(words.status.runRefused).waitFor()
  expect((await rows())[1]).toBe('Weather')
})

test('a hidden card hides no failure', async () => {
  change({ order: [], hidden: ['system', 'pihole'] })
  await expect.poll(() => titles()).not.toContain('This Pi')
  const failure = { kind: 'unreachable' as const, message: 'Gone.', hint: 'Look.', ...start }
  gateway.publish({ type: 'failure', node, source: 'system', stamp: start, failure })
  await page.getByText(words.home.hiddenTrouble.failed(['This Pi'])).waitFor()
  gateway.publish({ type: 'failure', node, source: 'pihole', stamp: start, failure })
  await page.getByText('2\u00a0hidden cards have failed').waitFor()
})

test('what every card hides is said, with the way back', async () => {
  change({ order: [], hidden: Object.keys(gateway.model.sources) })
  await page.getByText(words.home.allHidden).waitFor()
})

test('the cards are packed: no hole above one that is longer than a gap, and none stands above one before it', async () => {
  const boxes = await page.locator('.cards > div').evaluateAll((cards) =>
    cards.map((card) => {
      const { x, y, width, height } = card.getBoundingClientRect()
      return { x, y, width, height }
    }),
  )
  expect(boxes.length).toBeGreaterThan(4)
  for (const [index, { x, y }] of boxes.entries()) {
    expect(y).toBeGreaterThanOrEqual(boxes[index - 1]?.y ?? 0)
    const above = boxes.slice(0, index).filter((box) => box.x <= x && box.x + box.width > x)
    const end = Math.max(...above.map((box) => box.y + box.height))
    if (above.length > 0) expect(y - end).toBeLessThan(4.01)
  }
})
