import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openBrowser } from './browser.ts'

/**
 * Draws public/icons/*.png from public/icon.svg; run by hand when that changes: node apps/frontend/src/testing/make-icons.ts
 * What a phone cuts into its own form (maskable, apple) has colour up to the edge; in the maskable one the sign keeps to
 * the middle four fifths, which every form leaves.
 */
const icons = [
  { file: '192.png', px: 192, share: 1, isFull: false },
  { file: '512.png', px: 512, share: 1, isFull: false },
  { file: 'maskable-512.png', px: 512, share: 0.8, isFull: true },
  { file: 'apple-touch.png', px: 180, share: 1, isFull: true },
]

const folder = resolve(import.meta.dirname, '../../public')
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8')
const ground = /fill="(#\w+)"/.exec(svg)?.[1] ?? 'none'
mkdirSync(join(folder, 'icons'), { recursive: true })

const browser = await openBrowser()
for (const { file, px, share, isFull } of icons) {
  const page = await browser.newPage({ viewport: { width: px, height: px } })
  await page.setContent(svg)
  await page.addStyleTag({
    content: `html { background: ${isFull ? ground : 'transparent'} }
      body { margin: 0; display: grid; place-items: center; height: 100vh }
      svg { width: ${share * 100}vw; height: ${share * 100}vh }`,
  })
  await page.screenshot({ path: join(folder, 'icons', file), omitBackground: !isFull })
  await page.close()
}
await browser.close()
