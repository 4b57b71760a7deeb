import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keys, type RunState, type ServerMessage, sourceFields, sourceIds } from '@tailboard/contracts'
import {
  command,
  LiveClient,
  openBrowser,
  Project,
  type SourceDoubles,
  startDoubles,
  until,
  without,
} from '@tailboard/stack'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('settings')
const file = 'config/tailboard.yaml'

/** As an owner writes it. Every other source is off, and costs no image. */
const fileWith = (seconds: number | string) =>
  [
    '# My own words, at the top.',
    'version: 1',
    'sources:',
    '  weather:',
    '    place: Berlin # where we live',
    '    # A quarter of an hour is enough.',
    `    intervalSeconds: ${seconds} # seconds`,
    ...sourceIds.filter((id) => id !== 'weather').map((id) => `  ${id}: { enabled: false } # later`),
    '',
  ].join('\n')

interface AnySchema {
  properties?: Record<string, AnySchema>
}

/** Every setting's path in the schema that the gateway serves. */
function leaves({ properties = {} }: AnySchema, path: string[] = []): string[] {
  return Object.entries(properties).flatMap(([key, inner]) =>
    inner.properties === undefined ? [[...path, key].join('.')] : leaves(inner, [...path, key]),
  )
}

describe.skipIf(without.has('engine') || without.has('browser'))('the settings on the real stack', () => {
  let folder = ''
  let doubles: SourceDoubles['doubles'] = new Map()
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let live: LiveClient
  let base = ''
  const interval = 'sources.weather.intervalSeconds'

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailboard-settings-'))
    await command('chmod', ['755', folder])
    await project.create()
    await project.writeFile(file, fileWith(900))
    const started = await startDoubles(['weather'], folder)
    doubles = started.doubles
    await project.writeFile('doubles.yml', started.override)
    project.overrides = ['doubles.yml']
    await project.build('source-weather')
    await project.up()
    base = (await project.front()).url
    live = await until('the live stream', () => LiveClient.open(base))
    browser = await openBrowser()
    context = await browser.newContext()
    page = await openSettings(context)
    await until('a run of the weather at its interval', async () => isPlannedBy(await runState(), 900), {
      withinMs: 280_000,
    })
  })
  afterAll(async () => {
    live?.close()
    await browser?.close()
    await project.remove()
    for (const double of doubles.values()) await double.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function openSettings(inContext: BrowserContext): Promise<Page> {
    const opened = await inContext.newPage()
    await opened.goto(`${base}/#/settings`)
    await opened.getByRole('heading', { name: 'Versions' }).waitFor()
    await opened.locator('summary', { hasText: 'Weather' }).click()
    return opened
  }

  const control = (path: string, on = page) => on.locator(`[id="setting-${path}"]`)
  const button = (name: string | RegExp, on = page) => on.getByRole('button', { name, exact: true })
  const says = (text: string, on = page) =>
    until(`the page to say “${text}”`, async () =>
      (await on.locator('body').innerText()).replaceAll('\u00a0', ' ').includes(text),
    )
  const change = async (seconds: number, on = page) => {
    await control(interval, on).fill(String(seconds))
    await button('Save', on).click()
  }

  const runState = async (): Promise<RunState | null> => {
    const redis = await project.redis()
    const node = (await redis.get(keys.localNode)) ?? ''
    const json = await redis.hget(keys.source(node, 'weather'), sourceFields.run)
    return json === null ? null : (JSON.parse(json) as RunState)
  }
  /** Whether the next run is planned by an interval, which the orchestrator stretches by 5 % at most. */
  const isPlannedBy = (run: RunState | null, seconds: number): boolean => {
    if (run === null || run.running !== null || run.next === null || run.last === null) return false
    const restS = (run.next.clock.ms - run.last.started.clock.ms) / 1000
    return restS >= seconds - 0.001 && restS <= seconds * 1.05 + 0.001
  }
  const events = () =>
    live.messages.flatMap((message: ServerMessage) => (message.type === 'event' ? [message.event] : []))

  /** By the stamps of the two events: from the configuration to the run that is planned by it (ms). */
  async function followedAfterMs(seconds: number): Promise<number> {
    const config = await until('the configuration’s event', () =>
      events().findLast(
        (event) => event.type === 'config' && event.config.sources.weather.intervalSeconds === seconds,
      ),
    )
    const run = await until('the next run by the new interval', () =>
      events().find(
        (event) =>
          event.type === 'run' &&
          event.source === 'weather' &&
          event.stamp.clock.ms >= config.stamp.clock.ms &&
          isPlannedBy(event.run, seconds),
      ),
    )
    return run.stamp.clock.ms - config.stamp.clock.ms
  }

  test('every setting that the real gateway describes has a control', async () => {
    const schema = (await (await fetch(`${base}/api/config/schema`)).json()) as AnySchema
    const paths = leaves(schema)
    for (const id of sourceIds) expect(paths).toContain(`sources.${id}.intervalSeconds`)
    const all = await context.newPage()
    await all.goto(`${base}/#/settings`)
    await all.getByRole('heading', { name: 'Versions' }).waitFor()
    for (const summary of await all.locator('details:not([open]) > summary').elementHandles())
      await summary.click()
    for (const path of paths) await control(path, all).waitFor()
    for (const path of paths) expect(await control(path, all).count(), path).toBe(1)
    await all.close()
  })

  test('the weather’s interval is changed: the next run moves within two seconds, the file keeps its comments', async () => {
    await control(interval).fill('600')
    await says('Weather: Every: 900 s → 600 s')
    await button('Save').click()
    await says('Saved: 1 change.')
    expect(await followedAfterMs(600)).toBeLessThan(2_000)
    expect(isPlannedBy(await runState(), 600)).toBe(true)
    expect(await project.readFile(file)).toBe(fileWith(600))
  })

  test('back to the version before: the very text of it, and the next run moves again', async () => {
    await button('Return to it: version 1').click()
    await says('Version 1 is in force again.')
    expect(await control(interval).inputValue()).toBe('900')
    expect(await project.readFile(file)).toBe(fileWith(900))
    expect(await followedAfterMs(900)).toBeLessThan(2_000)
    await button('Undo the return').click()
    await until('the undone return', async () => (await project.readFile(file)) === fileWith(600))
  })

  test('an edit by hand: the page follows, without a reload', async () => {
    await project.writeFile(file, `${fileWith(1200)}# by hand\n`)
    await until('the page to follow', async () => (await control(interval).inputValue()) === '1200')
    await says('Edited by hand')
    expect(await followedAfterMs(1200)).toBeLessThan(2_000)
    expect(await page.evaluate('performance.getEntriesByType("navigation").length')).toBe(1)
  })

  test('a broken file: line, column and reason on the page, the old one rules, a save is refused', async () => {
    await project.writeFile(file, fileWith('soon'))
    await says('The configuration file has a mistake.')
    await says(`Line 7, column 5: ${interval} must be a number of seconds`)
    expect(await control(interval).inputValue()).toBe('1200')
    expect(isPlannedBy(await runState(), 1200)).toBe(true)
    await change(800)
    await says('config/tailboard.yaml has a mistake')
    expect(await project.readFile(file)).toBe(fileWith('soon'))
    expect(await control(interval).inputValue()).toBe('800')
    await button('Discard').click()
    await project.writeFile(file, fileWith(900))
    await until('the mended file', async () => (await control(interval).inputValue()) === '900')
    await until('no more mistake', async () => !(await page.locator('body').innerText()).includes('mistake'))
  })

  test('two browsers edit the same field: one gets 412, sees the other’s value, and decides', async () => {
    const other = await openSettings(await browser.newContext())
    await control(interval).fill('700')
    // The other one is faster, by less than the news of it needs.
    await page.route('**/api/config', async (route) => {
      if (route.request().method() === 'PATCH') {
        await change(500, other)
        await says('Saved: 1 change.', other)
      }
      await route.continue()
    })
    const answered = page.waitForResponse((response) => response.request().method() === 'PATCH')
    await button('Save').click()
    expect((await answered).status()).toBe(412)
    await page.unroute('**/api/config')
    await says('Somebody else changed the settings meanwhile.')
    await says('Somebody else changed this to: 500 s')
    expect(await control(interval).inputValue()).toBe('700')
    expect(await project.readFile(file)).toBe(fileWith(500))
    // Without a decision nothing is overwritten.
    await button('Save').click()
    await says('Choose below which value is to stay.')
    expect(await project.readFile(file)).toBe(fileWith(500))
    await button(/^Keep mine: Every/).click()
    await button('Save').click()
    await says('Saved: 1 change.')
    expect(await project.readFile(file)).toBe(fileWith(700))
    await until(
      'the other page to follow',
      async () => (await control(interval, other).inputValue()) === '700',
    )
    await other.context().close()
  })
})
