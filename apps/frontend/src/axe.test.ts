import { rmSync } from 'node:fs'
import type { Browser, Page as BrowserPage } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Page, pages } from './route.svelte.ts'
import { allStates } from './testing/all-states.ts'
import { axeFindings, isTooWide } from './testing/axe.ts'
import { openBrowser } from './testing/browser.ts'
import { buildPage } from './testing/build-page.ts'
import { FakeGateway } from './testing/fake-gateway.ts'
import { start, statusAt } from './testing/samples.ts'
import { fullModel } from './testing/source-samples.ts'
import { unfoldAll } from './testing/unfold.ts'
import { arrangeWords } from './words/arrange.ts'
import { words } from './words/first-load.ts'

let dist: string
let browser: Browser

beforeAll(async () => {
  dist = await buildPage()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  rmSync(dist, { recursive: true, force: true })
})

/** Each page with all that it can show opened. A page that is added and not named here does not compile, and fails below. */
const opened: Record<Page, ((page: BrowserPage) => Promise<void>)[]> = {
  home: [
    async (page) => {
      await page.getByRole('article').first().waitFor()
      await unfoldAll(page)
    },
    async (page) => {
      await page.getByRole('button', { name: words.arrange.open }).click()
      await page.getByRole('heading', { name: arrangeWords.heading }).waitFor()
      await page.getByRole('button', { name: arrangeWords.hideCard('Weather') }).click()
    },
  ],
  status: [(page) => page.getByRole('rowheader', { name: 'web-gateway' }).waitFor()],
  settings: [
    async (page) => {
      await page.getByRole('heading', { name: 'Weather' }).waitFor()
      await unfoldAll(page)
    },
  ],
  kiosk: [(page) => page.getByRole('link', { name: words.kiosk.leave }).waitFor()],
}

test('every page of the route is looked at', () => {
  expect(Object.keys(opened).toSorted()).toEqual([...pages].toSorted())
})

const runs = pages.flatMap((name) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    (colorScheme === 'light' ? [390, 820, 1440] : [390, 1440]).map((width) => ({ name, colorScheme, width })),
  ),
)
test.each(runs)('axe finds nothing on $name in $colorScheme at $width px', async ({ name, ...look }) => {
  for (const model of [fullModel(start), allStates(fullModel(start), start)]) {
    for (const open of opened[name]) {
      const gateway = new FakeGateway(dist, model, start, statusAt(start))
      await gateway.start()
      const viewport = { width: look.width, height: 900 }
      const context = await browser.newContext({
        viewport,
        colorScheme: look.colorScheme,
        reducedMotion: 'reduce',
      })
      try {
        const page = await context.newPage()
        await page.goto(`${gateway.url}#/${name === 'home' ? '' : name}`)
        await open(page)
        expect(await axeFindings(page)).toEqual([])
        expect(await isTooWide(page)).toBe(false)
      } finally {
        await context.close()
        await gateway.stop()
      }
    }
  }
})
