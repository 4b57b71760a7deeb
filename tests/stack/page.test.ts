import { setTimeout as sleep } from 'node:timers/promises'
import { keys, type ServerMessage, sourceFields } from '@tailboard/contracts'
import { command, configText, openBrowser, Project, until, without } from '@tailboard/stack'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('page')

describe.skipIf(without.has('engine') || without.has('browser'))('a browser on the real stack', () => {
  let browser: Browser
  let page: Page
  let base = ''
  /** What the page was sent, over every connection. */
  const received: ServerMessage[] = []

  beforeAll(async () => {
    await project.create()
    await project.writeFile(
      'config/tailboard.yaml',
      configText({ system: { intervalSeconds: 10, timeoutSeconds: 5 } }),
    )
    // There from the start: the orchestrator learns its compose files from its own labels, and keeps those until it is remade.
    await project.writeFile('blind.yml', 'services: {}\n')
    project.overrides = ['blind.yml']
    await project.build('source-system')
    await project.up()
    base = (await project.front()).url
    browser = await openBrowser()
    page = await browser.newPage()
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => received.push(JSON.parse(String(payload)) as ServerMessage))
    })
    await page.goto(base)
    await until('a reading on the page', async () => (await measuredOnPage()) !== null, { withinMs: 280_000 })
  })
  afterAll(async () => {
    await browser?.close()
    await project.remove()
  })

  const card = () => page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'This Pi' }) })
  const measuredOnPage = () =>
    card()
      .locator('time')
      .first()
      .getAttribute('datetime', { timeout: 1_000 })
      .catch(() => null)
  const events = () => received.flatMap((message) => (message.type === 'event' ? [message] : []))
  const readings = () => events().filter(({ event }) => event.type === 'reading')

  test('a new reading appears without reload', async () => {
    const before = await measuredOnPage()
    const count = readings().length
    await until('a new reading on the page', async () => (await measuredOnPage()) !== before)
    expect(readings().length).toBeGreaterThan(count)
    expect(await page.evaluate('performance.getEntriesByType("navigation").length')).toBe(1)
  })

  test('what the page shows is this machine’s memory, as the kernel counts it', async () => {
    const redis = await project.redis()
    const node = (await redis.get(keys.localNode)) ?? ''
    const shown = await until('page and Redis at one reading', async () => {
      const json = await redis.hget(keys.source(node, 'system'), sourceFields.reading)
      const { data, measuredAt } = JSON.parse(json ?? '{}')
      // Of that reading before and after: the page may have gone on in between.
      if ((await measuredOnPage()) !== measuredAt) return null
      const text = await card().innerText()
      return (await measuredOnPage()) === measuredAt && { text, percent: data.memory.usedPercent as number }
    })
    const rounded = [Math.round(shown.percent), shown.percent.toFixed(1)].join('|')
    expect(shown.text).toMatch(new RegExp(`Memory\\s+(${rounded})\\s*%`))
  })

  test('cut off for a while, and back: each event exactly once', async () => {
    const first = events()[0]?.cursor ?? ''
    const { port } = new URL(base)
    await project.stopFront()
    await page.getByText('No connection to the Pi').waitFor()
    await sleep(12_000)
    await project.front({}, '127.0.0.1', Number(port))
    const mark = readings().length
    await until('events after it came back', () => readings().length > mark + 1)
    const cursors = events().map(({ cursor }) => cursor)
    const last = cursors.at(-1) ?? ''
    const entries = await (await project.redis()).xrange(keys.events, first, last)
    expect(cursors).toEqual(entries.map(([id]) => id))
    // It was resumed, not begun anew: one snapshot only.
    expect(received.filter(({ type }) => type === 'snapshot')).toHaveLength(1)
    expect(received.filter(({ type }) => type === 'resumed').length).toBeGreaterThan(0)
  })

  test('the card turns stale when the source stops', async () => {
    await project.compose('stop', 'orchestrator')
    await until('the card to look old', async () => /\bOld\b/.test(await card().innerText()), {
      withinMs: 60_000,
    })
    await project.compose('start', 'orchestrator')
    await until('the card to be up to date', async () => !/\bOld\b/.test(await card().innerText()), {
      withinMs: 120_000,
    })
  })

  test('a failure is said in words with its hint, beside the last good numbers', async () => {
    const good = await card().innerText()
    expect(good).toMatch(/\d\s*%/)
    // The source loses sight of the host.
    await project.writeFile(
      'blind.yml',
      'services:\n  source-system:\n    environment: { HOST_PROC: /nowhere }\n',
    )
    await until('the failure', async () => /\bFailed\b/.test(await card().innerText()), { withinMs: 120_000 })
    const failed = await card().innerText()
    expect(failed).toMatch(/\/host\/proc|HOST_PROC|nowhere/)
    expect(failed).toMatch(/\d\s*%/)
    await project.writeFile('blind.yml', 'services: {}\n')
    await until('a good card', async () => !/\bFailed\b/.test(await card().innerText()), {
      withinMs: 120_000,
    })
  })

  test('the status page shows the runs and what they cost, and runs a source now', async () => {
    await page.goto(`${base}/#/status`)
    await page.getByRole('heading', { name: 'Sources' }).waitFor()
    const count = readings().length
    const button = page.getByRole('button', { name: 'Run now: This Pi' })
    await until(
      'a free source',
      async () => (await button.isEnabled()) && (await button.click().then(() => true)),
    )
    await until('its reading', () => readings().length > count)
    await until('services with their memory', async () =>
      /orchestrator[\s\S]*MiB/.test(await page.locator('main').innerText()),
    )
    await page.goto(base)
  })

  test('nothing is fetched from any other host', async () => {
    const hosts = new Set<string>()
    const other = await browser.newPage()
    other.on('request', (request) => hosts.add(new URL(request.url()).host))
    await other.goto(base, { waitUntil: 'load' })
    await sleep(1_000)
    expect([...hosts]).toEqual([new URL(base).host])
    await other.close()
  })

  test('screenshots, for looking at', async () => {
    const folder = new URL('../output/', import.meta.url).pathname
    await command('mkdir', ['-p', folder])
    for (const width of [390, 820, 1440]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const shot = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
        await shot.goto(base)
        await shot.locator('article').first().waitFor()
        expect(
          (await shot.screenshot({ path: `${folder}/home-${width}-${colorScheme}.png` })).length,
        ).toBeGreaterThan(5_000)
        await shot.close()
      }
    }
  })
})
