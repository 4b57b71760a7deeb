import { rmSync } from 'node:fs'
import type { Browser, BrowserContext, Page as BrowserPage } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Page, pages } from './route.svelte.ts'
import { idOf } from './settings/ids.ts'
import { openBrowser } from './testing/browser.ts'
import { buildPage } from './testing/build-page.ts'
import { FakeGateway } from './testing/fake-gateway.ts'
import { pictureHistory, pictureModel, pictureStatus } from './testing/picture-samples.ts'
import { start } from './testing/samples.ts'
import { unfoldAll } from './testing/unfold.ts'
import { arrangeWords } from './words/arrange.ts'
import { words } from './words/first-load.ts'

let dist: string
let browser: Browser
let gateway: FakeGateway
let context: BrowserContext
let page: BrowserPage

beforeAll(async () => {
  dist = await buildPage()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  rmSync(dist, { recursive: true, force: true })
})
beforeEach(async () => {
  gateway = new FakeGateway(dist, pictureModel(start), start, pictureStatus(start))
  Object.assign(gateway.history, pictureHistory)
  await gateway.start()
  context = await browser.newContext({ viewport: { width: 390, height: 700 }, reducedMotion: 'reduce' })
  page = await context.newPage()
})
afterEach(async () => {
  await context.close()
  await gateway.stop()
})

const whole: Record<Page, string> = {
  home: '.strip',
  status: 'th[scope="row"]',
  settings: 'main summary',
  kiosk: 'article',
}
async function open(name: Page): Promise<void> {
  await page.goto(`${gateway.url}#/${name === 'home' ? '' : name}`)
  await page.locator(whole[name]).first().waitFor()
  await page.waitForLoadState('networkidle')
}
/** WCAG 2.2, 2.5.8: 24 by 24 px. A link within a sentence is none; a control counts with its label. */
const smallTargets = () =>
  page.evaluate<string[]>(`(() => {
    const all = [...document.querySelectorAll('a, button, summary, input, select, textarea, [tabindex="0"]')]
    return all.flatMap((element) => {
      const target = /^(radio|checkbox)$/.test(element.type) ? (element.closest('label') ?? element) : element
      const { width, height } = target.getBoundingClientRect()
      if (width === 0 || getComputedStyle(target).clipPath !== 'none') return []
      if (element.localName === 'a' && getComputedStyle(element).display === 'inline' && element.closest('p')?.textContent !== element.textContent) return []
      return width < 24 || height < 24 ? [element.outerHTML.slice(0, 120) + ' is ' + width + ' x ' + height] : []
    })
  })()`)
const countTargets = () => page.locator('a, button, summary, input, select').count()

test.each(pages)('every target on %s is 24 px or more, with all that unfolds', async (name) => {
  await open(name)
  await unfoldAll(page)
  expect(await countTargets()).toBeGreaterThan(0)
  expect(await smallTargets()).toEqual([])
})

test('so is every target of the arranging; and a small one would be found', async () => {
  await open('home')
  await page.getByRole('button', { name: words.arrange.open }).click()
  await page.getByRole('heading', { name: arrangeWords.heading }).waitFor()
  expect(await smallTargets()).toEqual([])
  await page.evaluate(`document.querySelector('main').insertAdjacentHTML('beforeend',
    '<button class="tiny">x</button>'); document.querySelector('.tiny').style.cssText = 'width:10px;height:10px;padding:0'`)
  expect(await smallTargets()).toHaveLength(1)
})

/** What a screen reader is given of each large number: its text, unit included, and what it is of. */
const figures = () =>
  page.evaluate<{ label: string; text: string }[]>(`
    [...document.querySelectorAll('.figure')].flatMap((figure) => {
      const value = figure.querySelector('.value')
      if (value === null || value.closest('[aria-hidden="true"]')) return []
      return [{
        label: figure.querySelector('dt, .visually-hidden').textContent,
        text: value.textContent.replaceAll('\\u00a0', ' '),
      }]
    })`)

test('every large number is read with what it is of and its unit', async () => {
  await open('home')
  const read = await figures()
  expect(read.map(({ label, text }) => `${label}: ${text.trim()}`).toSorted()).toEqual([
    'CO2: 1,238 ppm',
    'Card: 33 %',
    'Humidity: 59 %',
    'Memory: 43 %',
    'Pressure: 1,006 hPa',
    'Processor: 12 %',
    'Share stopped: 18 %',
    'Stopped: 2,431',
    'Temperature: 23.4 °C',
    'Temperature: 51.5 °C',
    'Temperature: 6°C',
  ])
})

test('every other number that has a unit is text with its unit, and every picture of numbers has a name', async () => {
  await open('home')
  await unfoldAll(page)
  const snapshot = await page.locator('main').ariaSnapshot()
  for (const text of [
    '6 °C',
    'Wind',
    '16 km/h',
    '1,015 hPa',
    '21.4 °C',
    '541 MB free of 948 MB',
    '1.2 MB/s down',
  ])
    expect(snapshot.replaceAll('\u00a0', ' '), text).toContain(text)
  const nameless = await page.evaluate<string[]>(`
    [...document.querySelectorAll('main svg, main canvas, main [role="img"]')].flatMap((picture) =>
      picture.closest('[aria-hidden="true"]') || picture.closest('[role="img"][aria-label]') || picture.closest('[aria-labelledby]')
        ? [] : [picture.outerHTML.slice(0, 120)])`)
  expect(nameless).toEqual([])
})

test('by Tab through the settings, nothing that has the focus is behind the bar that saves', async () => {
  await open('settings')
  const field = page.locator(`[id="${idOf('sources.weather.intervalSeconds')}"]`)
  await page.locator('main summary', { hasText: 'Weather' }).press('Enter')
  await field.fill('600')
  await page.locator('.touched').waitFor()
  expect(await whatIsCovered(), 'the field, as the bar comes').toBe('')
  const covered: string[] = []
  let steps = 0
  await page.locator('main summary').first().focus()
  for (; steps < 60; steps++) {
    await page.keyboard.press('Tab')
    const found = await whatIsCovered()
    if (found === null) break
    if (found !== '') covered.push(found)
  }
  expect(steps).toBeGreaterThan(15)
  expect(covered).toEqual([])
})

/** What has the focus and lies behind the bar or outside of the window; empty for nothing, null where the focus is in the bar. */
const whatIsCovered = () =>
  page.evaluate<string | null>(`(() => {
    const focused = document.activeElement
    const bar = document.querySelector('.touched')
    if (focused === document.body || bar.contains(focused)) return null
    const at = focused.getBoundingClientRect()
    const over = bar.getBoundingClientRect()
    const isCovered = (at.bottom > over.top + 1 && at.top < over.bottom - 1) || at.top < 0 || at.bottom > innerHeight
    return isCovered ? focused.outerHTML.slice(0, 100) : ''
  })()`)
