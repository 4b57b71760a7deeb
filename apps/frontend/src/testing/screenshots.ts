import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page as BrowserPage } from 'playwright-core'
import type { Page } from '../route.svelte.ts'
import { openBrowser } from './browser.ts'
import { buildPage } from './build-page.ts'
import { FakeGateway } from './fake-gateway.ts'
import { start, statusAt } from './samples.ts'
import { fullModel } from './source-samples.ts'

/** Makes docs/screenshots/PAGE-WIDTH-LOOK.webp from the samples of the tests: the same pictures at each run. */
const folder = resolve(import.meta.dirname, process.argv[2] ?? '../../../../docs/screenshots')
const widths = [390, 820, 1440]
const looks = ['light', 'dark'] as const
/** What stands on a page once all of it is there. */
const pages: Record<Page, string> = {
  home: 'article',
  status: 'th[scope="row"]',
  settings: 'main summary',
  kiosk: 'article',
}
const quality = 0.75

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
const gateway = new FakeGateway(dist, fullModel(start), start, statusAt(start))
await gateway.start()
try {
  const empty = await (await browser.newContext()).newPage()
  for (const [name, whole] of Object.entries(pages)) {
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
        const page = await context.newPage()
        await page.clock.install()
        await page.goto(`${gateway.url}#/${name === 'home' ? '' : name}`)
        await page.locator(whole).first().waitFor()
        await page.waitForLoadState('networkidle')
        // The wall screen's way out hides after a while.
        await page.clock.runFor(10_000)
        const file = join(folder, `${name}-${width}-${colorScheme}.webp`)
        const png = await page.screenshot({ fullPage: name !== 'kiosk', animations: 'disabled' })
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
