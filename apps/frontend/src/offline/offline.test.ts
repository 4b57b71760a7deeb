import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { stampPlus } from '@tailboard/contracts/time'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openBrowser } from '../testing/browser.ts'
import { buildPage } from '../testing/build-page.ts'
import { FakeGateway } from '../testing/fake-gateway.ts'
import { modelWith, start, statusAt } from '../testing/samples.ts'
import { words } from '../words/first-load.ts'
import { statusWords } from '../words/status.ts'

const ourPublic = resolve(import.meta.dirname, '../../public')

let folder: string
let dist: string
/** The same page, of the next version: another icon. */
let nextDist: string
let browser: Browser
let gateway: FakeGateway
let context: BrowserContext
let page: Page

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tailboard-public-'))
  cpSync(ourPublic, folder, { recursive: true })
  writeFileSync(
    join(folder, 'icon.svg'),
    readFileSync(join(folder, 'icon.svg'), 'utf8').replace('#0b6357', '#572'),
  )
  dist = await buildPage()
  nextDist = await buildPage(folder)
  browser = await openBrowser(['--host-resolver-rules=MAP pi.test 127.0.0.1'])
})
afterAll(async () => {
  await browser?.close()
  for (const each of [folder, dist, nextDist]) rmSync(each, { recursive: true, force: true })
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

const body = async () => (await page.locator('body').innerText()).replaceAll('\u00a0', ' ')
const says = (text: string) =>
  expect
    .poll(body, { timeout: 20_000, message: `the page says “${text}”` })
    .toContain(text.replaceAll('\u00a0', ' '))
/** A visit that ends with the snapshot kept, as each does. */
const visit = async (url: string) => {
  await page.goto(url)
  await says('12 %')
  await says('Live')
}
const isControlled = () => page.evaluate<boolean>('navigator.serviceWorker.controller !== null')
const kept = () =>
  page.evaluate<string[]>(`(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((key) => caches.open(key)))
    const requests = await Promise.all(caches_.map((cache) => cache.keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })()`)

test('plain HTTP, a host name that is not localhost: the last numbers at once, with their age', async () => {
  const url = gateway.url.replace('localhost', 'pi.test')
  await visit(url)
  expect(await page.evaluate('[isSecureContext, "serviceWorker" in navigator]')).toEqual([false, false])
  gateway.cut()
  // The clock of the browser plays no part but for the time that passed since.
  await page.clock.install({ time: Date.now() + 7 * 60_000 })
  await page.goto('about:blank')
  await page.goto(url)
  await says('12 %')
  await says(words.link.lostKnown('7 min ago'))
  await says('Old')
  expect(await body()).not.toContain('Up to date')
})

test('the status page says what plain HTTP lacks, and only there', async () => {
  await page.goto(`${gateway.url.replace('localhost', 'pi.test')}#/status`)
  await says(statusWords.plainHttp)
  await page.goto(`${gateway.url}#/status`)
  await says(statusWords.canStartAlone)
  expect(await body()).not.toContain(statusWords.plainHttp)
})

test('with everything down the next visit paints the page and the last numbers, with their age', async () => {
  await visit(gateway.url)
  await expect.poll(isControlled, { timeout: 20_000 }).toBe(true)
  const files = await kept()
  expect(files).toContain('/')
  expect(files.some((path) => path.endsWith('.js'))).toBe(true)
  expect(files.filter((path) => path.startsWith('/api') || path.startsWith('/ws'))).toEqual([])
  await gateway.stop()
  await page.clock.install({ time: Date.now() + 3 * 3_600_000 })
  await page.reload()
  await says('12 %')
  await says(words.link.lostKnown('3 h ago'))
  await page.getByRole('link', { name: words.nav.status }).click()
  await says(words.status.heading)
  await gateway.start()
})

test('nothing of the API comes from the copy', async () => {
  await visit(gateway.url)
  await expect.poll(isControlled, { timeout: 20_000 }).toBe(true)
  gateway.now = stampPlus(start, 60_000)
  const now = () => page.evaluate("fetch('/api/status').then((answer) => answer.json())")
  gateway.status = statusAt(start)
  await now()
  gateway.status = statusAt(stampPlus(start, 60_000))
  expect(await now()).toEqual(JSON.parse(JSON.stringify(gateway.status)))
  expect(await kept()).not.toContain('/api/status')
})

test('a new version waits until the owner reloads, then takes over whole', async () => {
  await visit(gateway.url)
  await expect.poll(isControlled, { timeout: 20_000 }).toBe(true)
  expect(await body()).not.toContain(words.newVersion.here)
  const icon = () => page.evaluate<string>("fetch('/icon.svg').then((answer) => answer.text())")
  const before = await icon()
  gateway.page = nextDist
  // The server goes for its update, and comes back.
  gateway.cut()
  await says(words.link.lost)
  gateway.mend()
  await says(words.newVersion.here)
  expect(await icon()).toBe(before)
  await page.getByRole('button', { name: words.newVersion.reload }).click()
  await says('Live')
  await expect.poll(icon, { timeout: 20_000 }).toContain('#572')
  expect(await body()).not.toContain(words.newVersion.here)
  // Of the version before nothing is left.
  await expect.poll(() => page.evaluate<string[]>('caches.keys()')).toHaveLength(1)
})

test('on a wall, where nobody presses, it takes over by itself', async () => {
  await page.goto(`${gateway.url}#/kiosk`)
  await says('12 %')
  await expect.poll(isControlled, { timeout: 20_000 }).toBe(true)
  await page.evaluate("window.stayed = 'yes'")
  gateway.page = nextDist
  gateway.cut()
  await says(words.link.lost)
  gateway.mend()
  await expect.poll(() => page.evaluate('window.stayed'), { timeout: 20_000 }).toBe(undefined)
  await says('12 %')
})

test('the manifest names icons that are there and as large as it says', async () => {
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.webmanifest'), 'utf8'))
  const pngs = manifest.icons.filter(({ type }: { type: string }) => type === 'image/png')
  expect(pngs.map(({ sizes, purpose }: Record<string, string>) => `${sizes} ${purpose}`)).toEqual([
    '192x192 any',
    '512x512 any',
    '512x512 maskable',
  ])
  for (const { src, sizes } of pngs) {
    const png = readFileSync(join(dist, src))
    expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes)
  }
})
