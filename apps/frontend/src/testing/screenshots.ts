import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stampPlus } from '@tailboard/contracts/time'
import type { Page as BrowserPage } from 'playwright-core'
import type { Page } from '../route.svelte.ts'
import { idOf } from '../settings/ids.ts'
import { arrangeWords } from '../words/arrange.ts'
import { words } from '../words/first-load.ts'
import { openBrowser } from './browser.ts'
import { buildPage } from './build-page.ts'
import { FakeGateway } from './fake-gateway.ts'
import { pictureHistory, pictureModel, pictureStatus } from './picture-samples.ts'
import { start } from './samples.ts'

/** Makes docs/screenshots/PICTURE-WIDTH-LOOK.webp from sample data. With a pattern, only the pictures whose name fits it. */
const [target = '../../../../docs/screenshots', pattern = ''] = process.argv.slice(2)
const folder = resolve(import.meta.dirname, target)
const widths = [390, 820, 1440]
const looks = ['light', 'dark'] as const
const quality = 0.25

interface Picture {
  page: Page
  /** All of the page, what is seen of it, or one element of it. */
  of: 'page' | 'screen' | string
  /** Until what it shows is there. */
  open: (page: BrowserPage) => Promise<void>
}

const pictures: Record<string, Picture> = {
  home: { page: 'home', of: 'page', open: (page) => page.locator('.strip').nth(5).waitFor() },
  history: {
    page: 'home',
    of: 'article:has(canvas)',
    open: async (page) => {
      await page.locator('summary', { hasText: 'Processor in 24' }).click()
      await page.locator('canvas').waitFor()
    },
  },
  arrange: {
    page: 'home',
    of: 'screen',
    open: async (page) => {
      await page.getByRole('button', { name: words.arrange.open }).click()
      await page.getByRole('heading', { name: arrangeWords.heading }).waitFor()
    },
  },
  status: { page: 'status', of: 'page', open: (page) => page.locator('th[scope="row"]').first().waitFor() },
  settings: {
    page: 'settings',
    of: 'page',
    open: (page) => page.locator('main summary', { hasText: 'Weather' }).click(),
  },
  change: {
    page: 'settings',
    of: 'screen',
    open: async (page) => {
      await page.locator('main summary', { hasText: 'Weather' }).click()
      await page.locator(`[id="${idOf('sources.weather.intervalSeconds')}"]`).fill('600')
    },
  },
  kiosk: { page: 'kiosk', of: 'screen', open: (page) => page.locator('article').nth(5).waitFor() },
}

/** PNG as WebP, by the browser itself: a quarter of the size, and no further tool. */
async function asWebp(page: BrowserPage, png: Buffer): Promise<Buffer> {
  const data = await page.evaluate<string>(`(async () => {
    const picture = new Image()
    picture.src = 'data:image/png;base64,${png.toString('base64')}'
    await picture.decode()
    const canvas = new OffscreenCanvas(picture.width, picture.height)
    canvas.getContext('2d').drawImage(picture, 0, 0)
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: ${quality} })
    return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''))
  })()`)
  return Buffer.from(data, 'base64')
}

mkdirSync(folder, { recursive: true })
const dist = await buildPage()
const browser = await openBrowser()
const gateway = new FakeGateway(dist, pictureModel(start), start, pictureStatus(start))
Object.assign(gateway.history, pictureHistory)
await gateway.start()

/** The sources have just said again what they said: the same ages on every picture, however slow this machine is. */
function sayAgain(): void {
  gateway.now = stampPlus(gateway.now, 10_000)
  const stamp = gateway.now
  for (const { reading } of Object.values(gateway.model.sources)) {
    if (reading === null) continue
    const { node, source } = reading
    const again = { ...reading, measuredAt: stamp.at, writtenAt: stamp.at, clock: stamp.clock }
    gateway.publish({ type: 'reading', node, source, stamp, reading: again, failure: null })
  }
}

try {
  const empty = await (await browser.newContext()).newPage()
  for (const [name, picture] of Object.entries(pictures)) {
    if (!name.includes(pattern)) continue
    for (const colorScheme of looks) {
      for (const width of widths) {
        const context = await browser.newContext({
          viewport: { width, height: Math.round(width * (width < 500 ? 2 : 0.7)) },
          colorScheme,
          locale: 'en-GB',
          timezoneId: 'Europe/Berlin',
          reducedMotion: 'reduce',
          serviceWorkers: 'block',
        })
        gateway.model = pictureModel(start)
        gateway.now = start
        const page = await context.newPage()
        await page.clock.install()
        await page.goto(`${gateway.url}#/${picture.page === 'home' ? '' : picture.page}`)
        await picture.open(page)
        await page.waitForLoadState('networkidle')
        // The wall screen's way out hides after a while.
        await page.clock.runFor(10_000)
        sayAgain()
        await page.clock.runFor(1_000)
        const file = join(folder, `${name}-${width}-${colorScheme}.webp`)
        const part = picture.of === 'page' || picture.of === 'screen' ? page : page.locator(picture.of)
        const png = await part.screenshot({
          ...(picture.of === 'page' ? { fullPage: true } : {}),
          animations: 'disabled',
        })
        writeFileSync(file, await asWebp(empty, png))
        console.log(`${file} ${Math.round(statSync(file).size / 1000)} kB`)
        await context.close()
      }
    }
  }
} finally {
  await browser.close()
  await gateway.stop()
  rmSync(dist, { recursive: true, force: true })
}
