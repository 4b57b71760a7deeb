import { rmSync } from 'node:fs'
import type { CameraAnswer } from '@tailboard/contracts/camera'
import type { Failure } from '@tailboard/contracts/error'
import type { LiveModel } from '@tailboard/contracts/live'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { axeFindings, isTooWide } from '../testing/axe.ts'
import { openBrowser } from '../testing/browser.ts'
import { buildPage } from '../testing/build-page.ts'
import { FakeGateway } from '../testing/fake-gateway.ts'
import { modelWith, runAt, start, statusAt, withFailure, withReading } from '../testing/samples.ts'
import { playerWords } from '../words/camera.ts'
import { words } from '../words/first-load.ts'

let dist: string
let browser: Browser
let gateway: FakeGateway
let context: BrowserContext
let page: Page
/** Paths of what the page asked for, in order. */
let asked: string[]
let complaints: string[]

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
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 900 } })
  page = await context.newPage()
  asked = []
  complaints = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of/.test(message.text())) complaints.push(message.text())
  })
})
afterEach(async () => {
  await context.close()
  await gateway.stop()
})

const card = () => page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Camera' }) })
const says = (text: string) =>
  expect
    .poll(async () => (await card().innerText()).replaceAll('\u00a0', ' '), { timeout: 20_000 })
    .toContain(text)
const button = (name: string) => card().getByRole('button', { name })
const isPlayer = (path: string) => /CameraPlayer|hls/.test(path)

const failure: Failure = {
  kind: 'missing-hardware',
  message: 'The camera is not there',
  hint: 'v4l2-ctl --list-devices',
  ...start,
}

/** What the gateway answers to each heartbeat. */
function answerWith(change: Partial<CameraAnswer>): void {
  const answer: CameraAnswer = {
    node: 'pi',
    now: start,
    state: 'starting',
    since: start.at,
    sinceS: 0,
    enabled: true,
    watchers: 1,
    simulated: false,
    playlist: null,
    failure: null,
    nextTry: null,
    nextTryS: null,
    failuresInARow: 0,
    reading: null,
    lastRun: null,
    ...change,
  }
  gateway.runAnswer = { status: 200, type: 'application/json', body: JSON.stringify(answer) }
}

function withCamera(model: LiveModel, change: Partial<LiveModel['sources']['camera']>): LiveModel {
  return { ...model, sources: { ...model.sources, camera: { ...model.sources.camera, ...change } } }
}

test('off, it says so, and nothing of the player is loaded before somebody taps', async () => {
  answerWith({})
  await page.goto(gateway.url)
  await says(words.camera.states.off)
  await says(words.camera.promise)
  expect(asked.filter(isPlayer)).toEqual([])
  expect(await page.getByText(words.camera.on).count()).toBe(0)
  await button(words.camera.watch).click()
  await says(playerWords.overlay.starting)
  await expect.poll(() => asked.filter(isPlayer).length).toBeGreaterThan(1)
  expect(gateway.runs).toContain('/api/camera/watch')
  expect(complaints).toEqual([])
})

test('one name for each time that somebody looks, said again while he does, and taken back at the end', async () => {
  const said: string[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname !== '/api/camera/watch') return
    const name = request.postDataJSON()?.watcher ?? searchParams.get('watcher')
    said.push(`${request.method()} ${name}`)
  })
  answerWith({})
  await page.goto(gateway.url)
  await button(words.camera.watch).click()
  await expect.poll(() => said.length, { timeout: 20_000 }).toBeGreaterThan(1)
  await button(words.camera.stop).click()
  await says(words.camera.states.off)
  await expect.poll(() => said.at(-1)).toContain('DELETE')
  const names = new Set(said.map((line) => line.split(' ')[1]))
  expect(names.size).toBe(1)
  expect([...names][0]).toMatch(/^[A-Za-z0-9_-]{8,36}$/)
  await button(words.camera.watch).click()
  await expect.poll(() => new Set(said.map((line) => line.split(' ')[1])).size).toBe(2)
})

test('by keyboard: the button keeps the focus, and does the opposite then', async () => {
  answerWith({})
  await page.goto(gateway.url)
  await button(words.camera.watch).focus()
  await page.keyboard.press('Enter')
  await says(playerWords.overlay.starting)
  expect(await page.evaluate('document.activeElement.innerText.trim()')).toBe(words.camera.stop)
  await page.keyboard.press('Enter')
  await says(words.camera.promise)
  expect(await page.evaluate('document.activeElement.innerText.trim()')).toBe(words.camera.watch)
})

test('a device that may not look is told so in words, and which line lets it in', async () => {
  gateway.runAnswer = { status: 403, type: 'text/html', body: '<h1>Not you</h1>' }
  await page.goto(gateway.url)
  await button(words.camera.watch).click()
  await says(playerWords.refused)
  await says('TAILBOARD_WRITE_FROM')
})

test('a refusal of the gateway’s comes in its own words', async () => {
  const body = JSON.stringify({ detail: '16 pages look already.', hint: 'Close one.' })
  gateway.runAnswer = { status: 429, type: 'application/problem+json', body }
  await page.goto(gateway.url)
  await button(words.camera.watch).click()
  await says('16 pages look already.')
  await says('Close one.')
})

test('failed: why, what to do, and when it is tried again', async () => {
  answerWith({ state: 'failed', failure, nextTryS: 4, sinceS: 20 })
  await page.goto(gateway.url)
  await button(words.camera.watch).click()
  for (const text of [
    'Failed',
    'The camera is not there',
    'v4l2-ctl',
    'It is tried again in 4 s',
    'since 20 s',
  ])
    await says(text)
})

test('when it failed for somebody, the card says so also while it is off', async () => {
  gateway.model = withFailure(modelWith(start), 'camera', failure)
  answerWith({})
  await page.goto(gateway.url)
  await says('The camera is not there')
  await says('v4l2-ctl')
})

test('while it runs for anybody, a sign stands on every page', async () => {
  gateway.model = withCamera(modelWith(start), {
    run: { ...gateway.model.sources.camera.run, running: start },
  })
  await page.goto(gateway.url)
  const sign = page.getByRole('banner').getByText(words.camera.on)
  await sign.waitFor()
  await page.getByRole('link', { name: 'Status' }).click()
  await page.getByRole('heading', { level: 1, name: words.status.heading }).waitFor()
  expect(await sign.count()).toBe(1)
})

test('the status page names who looked, for how long, and why it ended', async () => {
  const run = runAt(start)
  const viewers = ['100.64.0.7', '100.64.0.8']
  const look = { ...run, source: 'camera', durationMs: 42_000, viewers, why: 'Nobody looked any more' }
  gateway.status = { ...statusAt(start), demandRuns: [look] }
  await page.goto(`${gateway.url}#/status`)
  const row = page.getByRole('row').filter({ hasText: '100.64.0.7, 100.64.0.8' })
  await row.waitFor()
  expect((await row.innerText()).replaceAll('\u00a0', ' ')).toMatch(/42 s.*Nobody looked any more/s)
})

test('how the picture is made, by which choice, for how many, and that it is a test picture', async () => {
  const data = {
    phase: 'live',
    since: start.at,
    input: 'test',
    encoder: 'libx264',
    encoderReason: 'No encoder here: the processor does it',
    width: 640,
    height: 480,
    framesPerSecond: 15.1,
    bitrateKbps: 1043,
    segmentS: 0.5,
  }
  const model = withReading(modelWith(start), 'camera', data, start)
  answerWith({ state: 'live', simulated: true, watchers: 2, reading: model.sources.camera.reading })
  await page.goto(gateway.url)
  await button(words.camera.watch).click()
  for (const text of [
    'Live',
    'the Pi’s processor',
    'No encoder here',
    '640 × 480, 15 a second',
    playerWords.test,
  ])
    await says(text)
  await says('Looking now\n2')
})

test('switched off in the settings: no button', async () => {
  const { settings } = gateway.model.sources.camera
  gateway.model = withCamera(modelWith(start), { settings: { ...settings, enabled: false } })
  await page.goto(gateway.url)
  await says(words.card.disabled)
  expect(await card().getByRole('button').count()).toBe(0)
})

test('a picture that was kept is dropped once the settings no longer keep it', async () => {
  const kept = { version: 1, taken: start, isTest: true, picture: 'data:image/jpeg;base64,AAAA' }
  await page.goto(gateway.url)
  await says(words.camera.promise)
  await page.evaluate(
    `localStorage.setItem('tailboard-camera-still', ${JSON.stringify(JSON.stringify(kept))})`,
  )
  await page.reload()
  await expect.poll(() => page.evaluate(`localStorage.getItem('tailboard-camera-still')`)).toBe(null)
})

test.each(['light', 'dark'] as const)('axe finds nothing on the camera in %s', async (colorScheme) => {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  answerWith({ state: 'failed', failure, nextTryS: 4, simulated: true })
  await page.goto(gateway.url)
  await says(words.camera.promise)
  expect(await axeFindings(page)).toEqual([])
  await button(words.camera.watch).click()
  await says('It is tried again')
  expect(await axeFindings(page)).toEqual([])
  expect(await isTooWide(page)).toBe(false)
})
