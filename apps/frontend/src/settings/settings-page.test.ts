import { rmSync } from 'node:fs'
import { sourceIds } from '@tailboard/contracts/sources/known'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { axeFindings, isTooWide } from '../testing/axe.ts'
import { openBrowser } from '../testing/browser.ts'
import { buildPage } from '../testing/build-page.ts'
import { FakeGateway } from '../testing/fake-gateway.ts'
import { modelWith, start, statusAt } from '../testing/samples.ts'
import { settingsSchema } from '../testing/settings-schema.ts'
import { words } from '../words/first-load.ts'
import { settingsWords } from '../words/settings.ts'
import { idOf } from './ids.ts'
import { sectionsOf } from './sections.ts'

const text = settingsWords
const sections = sectionsOf(settingsSchema())

let dist: string
let browser: Browser
let gateway: FakeGateway
let context: BrowserContext
let page: Page
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
  await open()
})
afterEach(async () => {
  await context.close()
  await gateway.stop()
})

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close()
  context = await browser.newContext({ locale: 'en-GB', ...options })
  page = await context.newPage()
  complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/WebSocket|status of/.test(message.text()))
      complaints.push(message.text())
  })
}

const plain = (said: string) => said.replaceAll('\u00a0', ' ')
const body = async () => plain(await page.locator('body').innerText())
const says = (said: string) =>
  expect.poll(body, { timeout: 20_000, message: `the page says “${said}”` }).toContain(plain(said))
const saysNot = (said: string) =>
  expect
    .poll(body, { timeout: 20_000, message: `the page no longer says “${said}”` })
    .not.toContain(plain(said))
const control = (path: string) => page.locator(`[id="${idOf(path)}"]`)
const value = (path: string) => control(path).inputValue()
const button = (name: string) => page.getByRole('button', { name, exact: true })
const unfold = (title: string) => page.locator('summary').filter({ hasText: title }).first().click()
const focused = () => page.evaluate<string>('document.activeElement?.id ?? ""')

const interval = 'sources.weather.intervalSeconds'
const weather = (seconds: unknown) => ({ sources: { weather: { intervalSeconds: seconds } } })
const inForce = () => gateway.config.current.config.sources.weather.intervalSeconds

/** The settings, with the weather's unfolded. */
async function visit(): Promise<void> {
  await page.goto(`${gateway.url}#/settings`)
  await says(text.versions.title)
  await unfold('Weather')
  await control(interval).waitFor()
}

test('every setting of every source has a control with a name on the page', async () => {
  await page.goto(`${gateway.url}#/settings`)
  await says(text.versions.title)
  for (const { id, title } of sections) if (id !== 'general') await unfold(title)
  for (const { path } of sections.flatMap(({ fields }) => fields)) {
    expect(await control(path).count(), path).toBe(1)
  }
  expect(sections.map(({ id }) => id)).toEqual(expect.arrayContaining([...sourceIds]))
  expect(await axeFindings(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('a change is shown before it is saved, saved with the version that was seen, and a version then', async () => {
  await visit()
  await control(interval).fill('600')
  await says('Weather: Every: 900 s → 600 s')
  expect(inForce()).toBe(900)
  await button(text.save).click()
  await says(text.saved(1))
  expect(gateway.config.patches).toEqual([weather(600)])
  expect(inForce()).toBe(600)
  await says(`${text.versions.number('2')}\n${text.versions.inForce}`)
  await saysNot(text.preview)
  expect(await value(interval)).toBe('600')
  expect(complaints).toEqual([])
})

test('discarded, all is as before; the default is one press away', async () => {
  gateway.config.change(weather(300))
  await visit()
  await control(interval).fill('600')
  await button(text.discard).click()
  expect(await value(interval)).toBe('300')
  await button(plain(text.toDefaultFor('Every', '900 s'))).click()
  await says('300 s → 900 s')
  await button(text.save).click()
  await says(text.saved(1))
  expect(gateway.config.patches).toEqual([weather(null)])
})

test('what is wrong is said beside the field before anything is sent, and the first one gets the focus', async () => {
  await visit()
  await control(interval).fill('9')
  await says(text.tooLittle(10))
  await control('maxConcurrent').fill('soon')
  await says(text.notANumber)
  await unfold('Weather')
  await button(text.save).click()
  await says(text.mendFirst)
  expect(await focused()).toBe(idOf('maxConcurrent'))
  await control('maxConcurrent').fill('2')
  await button(text.save).click()
  // Its section was folded up, and is open again with what was typed.
  await expect.poll(focused).toBe(idOf(interval))
  expect(await value(interval)).toBe('9')
  expect(await control(interval).getAttribute('aria-invalid')).toBe('true')
  expect(await control(interval).getAttribute('aria-describedby')).toContain(`${idOf(interval)}-problem`)
  expect(gateway.config.patches).toEqual([])
})

test('what only the gateway can judge comes back beside its field, and nothing typed is lost', async () => {
  await visit()
  await control(interval).fill('600')
  await control('sources.weather.timeZone').fill('Mars/Olympus')
  await button(text.save).click()
  await says('must be a time zone such as Europe/Berlin')
  expect(await focused()).toBe(idOf('sources.weather.timeZone'))
  expect(await value('sources.weather.timeZone')).toBe('Mars/Olympus')
  expect(await value(interval)).toBe('600')
  expect(inForce()).toBe(900)
  await control('sources.weather.timeZone').fill('Europe/Berlin')
  await saysNot('must be a time zone')
  await button(text.save).click()
  await says(text.saved(2))
})

test('a list grows and shrinks, and a wrong part of an entry is named at that part', async () => {
  await page.goto(`${gateway.url}#/settings`)
  await says(text.versions.title)
  await unfold('Air')
  const devices = 'sources.aranet4.devices'
  await button(text.add('Devices')).click()
  await expect.poll(focused).toBe(idOf(`${devices}.0.address`))
  await page.keyboard.type('bedroom')
  await control(`${devices}.0.name`).fill('Bedroom')
  await button(text.save).click()
  await says('must be an address such as')
  expect(await focused()).toBe(idOf(`${devices}.0.address`))
  await control(`${devices}.0.address`).fill('c7:18:1e:21:f4:87')
  await says('Devices: none → Bedroom (c7:18:1e:21:f4:87)')
  await button(text.save).click()
  await says(text.saved(1))
  expect(gateway.config.current.config.sources.aranet4).toMatchObject({
    devices: [{ address: 'c7:18:1e:21:f4:87', name: 'Bedroom' }],
  })
  await button(text.removeEntry('Devices, Entry 1')).click()
  await says('Devices: Bedroom (c7:18:1e:21:f4:87) → none')
  await button(text.save).click()
  await expect.poll(() => gateway.config.current.config.sources.aranet4).toMatchObject({ devices: [] })
})

test('whoever was slower gets told, sees the other’s value, and chooses', async () => {
  await visit()
  await control(interval).fill('600')
  // The other’s write is not heard before ours: the event is cut off.
  await context.route('**/api/config', async (route) => {
    if (route.request().method() === 'PATCH' && gateway.config.current.status.version === 'v1')
      gateway.config.change(weather(1200), 'page', '100.1.1.1')
    await route.continue()
  })
  await button(text.save).click()
  await says(text.changedMeanwhile)
  await says('from 100.1.1.1')
  await says(text.conflict('1200 s'))
  expect(await value(interval)).toBe('600')
  expect(inForce()).toBe(1200)
  // Saving again does not overwrite what was not decided.
  await button(text.save).click()
  await says(text.chooseFirst)
  expect(inForce()).toBe(1200)
  expect(await axeFindings(page)).toEqual([])
  await button(plain(text.keepMineFor('Every', '600 s'))).click()
  await says('1200 s → 600 s')
  await button(text.save).click()
  await says(text.saved(1))
  expect(inForce()).toBe(600)
})

test('untouched fields follow what others save; a touched one asks, and can take theirs', async () => {
  await visit()
  await control(interval).fill('600')
  gateway.config.change({ maxConcurrent: 3, ...weather(1200) })
  await expect.poll(() => value('maxConcurrent')).toBe('3')
  expect(await value(interval)).toBe('600')
  await says(text.conflict('1200 s'))
  await button(plain(text.takeTheirsFor('Every', '1200 s'))).click()
  expect(await value(interval)).toBe('1200')
  await saysNot(text.preview)
  expect(gateway.config.patches).toEqual([])
})

test('a broken file is named by line, column and reason; saving is refused in words, a return mends it', async () => {
  await visit()
  gateway.config.break(3, 7, 'must be 4 or less')
  await says(words.config.broken)
  await says('Line 3, column 7: must be 4 or less')
  await control(interval).fill('600')
  await button(text.save).click()
  await says('config/tailboard.yaml has a mistake')
  await says('(line 3)')
  expect(await value(interval)).toBe('600')
  expect(inForce()).toBe(900)
  await button(text.versions.backFor('1')).click()
  await says(text.versions.returned('1'))
  await saysNot(words.config.broken)
})

test('keys that nobody reads and a folder that can’t be written have their hints', async () => {
  await visit()
  gateway.config.tell({ unknownKeys: ['sources.wether'], notWritable: 'sudo chown -R 1000:1000 config' })
  await says('sources.wether')
  await says(words.config.unknownKeysHint)
  await says('sudo chown -R 1000:1000 config')
  await control(interval).fill('600')
  await button(text.save).click()
  await says('The settings can’t be saved')
  expect(inForce()).toBe(900)
})

test('a version is looked at, returned to, and the return undone', async () => {
  gateway.config.change(weather(600), 'page', '100.1.1.1')
  gateway.config.change(weather(300), 'hand')
  await page.goto(`${gateway.url}#/settings`)
  await says('Weather: Every: 600 s → 300 s')
  await says(`${text.versions.causes.page}, from 100.1.1.1`)
  await button(text.versions.differsFor('1')).click()
  await says('Weather: Every: 300 s → 900 s')
  await button(text.versions.backFor('1')).click()
  await says(text.versions.returned('1'))
  expect(inForce()).toBe(900)
  await says(text.versions.restored('1'))
  await button(text.versions.undo).click()
  await says(text.versions.returned('3'))
  expect(inForce()).toBe(300)
  expect(complaints).toEqual([])
})

test('who may only look is told so in words', async () => {
  gateway.config.change(weather(300))
  gateway.config.isReadOnly = true
  await visit()
  await control(interval).fill('600')
  await button(text.save).click()
  await says(words.status.runRefused)
  await says(words.status.runRefusedHint)
  expect(await value(interval)).toBe('600')
  await button(text.discard).click()
  await saysNot(words.status.runRefused)
  await button(text.versions.backFor('1')).click()
  await says(words.status.runRefused)
  expect(inForce()).toBe(300)
})

test('cut off, nothing can be saved, and what was typed stays', async () => {
  await visit()
  await control(interval).fill('600')
  gateway.cut()
  await says(text.offline)
  expect(await button(text.save).getAttribute('aria-disabled')).toBe('true')
  gateway.mend()
  await saysNot(text.offline)
  expect(await value(interval)).toBe('600')
  await button(text.save).click()
  await says(text.saved(1))
})

test('leaving with something unsaved asks; staying keeps it, leaving goes', async () => {
  await visit()
  const asked: string[] = []
  let answer = false
  page.on('dialog', async (dialog) => {
    asked.push(dialog.message())
    await (answer ? dialog.accept() : dialog.dismiss())
  })
  await page.getByRole('link', { name: 'Status' }).click()
  await says(words.status.heading)
  expect(asked).toEqual([])
  await visit()
  await control(interval).fill('600')
  await page.getByRole('link', { name: 'Status' }).click()
  await expect.poll(() => asked).toEqual([text.leave])
  expect(page.url()).toContain('#/settings')
  expect(await value(interval)).toBe('600')
  answer = true
  await page.getByRole('link', { name: 'Status' }).click()
  await says(words.status.heading)
  expect(page.url()).toContain('#/status')
})

test('closing the page with something unsaved asks too', async () => {
  await visit()
  await control(interval).fill('600')
  const asked = page.waitForEvent('dialog')
  const closed = page.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.accept()
  await closed
})

test('all of it by keyboard alone', async () => {
  await page.goto(gateway.url)
  await says('Live')
  const { keyboard } = page
  const name = () =>
    page.evaluate<string>(
      "(e => e.getAttribute('aria-label') ?? (e.id.startsWith('setting-') ? e.id : e.innerText ?? ''))(document.activeElement)",
    )
  /** Goes on by Tab until something of that name has the focus. */
  const tabTo = async (wanted: string, key = 'Tab') => {
    const seen: string[] = []
    for (let step = 0; step < 150; step += 1) {
      await keyboard.press(key)
      const now = plain(await name()).trim()
      if (now === wanted || now.startsWith(`${wanted}\n`)) return
      seen.push(now)
    }
    throw new Error(`Tab never came to “${wanted}”, but to ${seen.join(' | ')}`)
  }
  await tabTo('Settings')
  await keyboard.press('Enter')
  await says(text.versions.title)
  await tabTo('Weather')
  await keyboard.press('Enter')
  // Too short an interval, the refusal, and its correction.
  await tabTo(idOf(interval))
  await keyboard.press('ControlOrMeta+a')
  await keyboard.type('6')
  await says(text.tooLittle(10))
  await tabTo(text.save)
  await keyboard.press('Enter')
  await expect.poll(focused).toBe(idOf(interval))
  await keyboard.press('End')
  await keyboard.type('00')
  await says('900 s → 600 s')
  // A choice and a switch.
  await tabTo(idOf('sources.weather.windUnit'))
  await keyboard.type('ms')
  await tabTo('Tailnet')
  await keyboard.press('Enter')
  await tabTo(idOf('sources.tailscale.enabled'))
  await keyboard.press('Space')
  await says('Tailnet: On: on → off')
  await tabTo(text.save)
  await keyboard.press('Enter')
  await says(text.saved(3))
  expect(gateway.config.patches).toEqual([
    {
      sources: { weather: { intervalSeconds: 600, windUnit: 'ms' }, tailscale: { enabled: false } },
    },
  ])
  // Somebody else changes what is being typed: mine stays.
  await tabTo(idOf(interval), 'Shift+Tab')
  await keyboard.press('ControlOrMeta+a')
  await keyboard.type('450')
  gateway.config.change(weather(1200))
  await says(text.conflict('1200 s'))
  await tabTo('Keep mine: Every, 450 s')
  await keyboard.press('Enter')
  await tabTo(text.save)
  await keyboard.press('Enter')
  await says(text.saved(1))
  expect(inForce()).toBe(450)
  // Versions: look, return, undo.
  await tabTo(text.versions.differsFor('1'))
  await keyboard.press('Enter')
  await says('Tailnet: On: off → on')
  await tabTo(text.versions.backFor('1'))
  await keyboard.press('Enter')
  await says(text.versions.returned('1'))
  expect(inForce()).toBe(900)
  await tabTo(text.versions.undo, 'Shift+Tab')
  await keyboard.press('Enter')
  await expect.poll(inForce).toBe(450)
  // A list grows and shrinks.
  await tabTo('Air', 'Shift+Tab')
  await keyboard.press('Enter')
  await tabTo(text.add('Devices'))
  await keyboard.press('Enter')
  await expect.poll(focused).toBe(idOf('sources.aranet4.devices.0.address'))
  await keyboard.type('c7:18:1e:21:f4:87')
  await tabTo(text.removeEntry('Devices, Entry 1'))
  await keyboard.press('Enter')
  await expect.poll(name).toBe(text.add('Devices'))
  expect(complaints).toEqual([])
})

const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [390, 820, 1440].map((width) => ({ colorScheme, width })),
)
test.each(looks)('axe finds nothing in $colorScheme at $width px', async ({ colorScheme, width }) => {
  await open({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' })
  await visit()
  const findings = () => axeFindings(page)
  expect(await findings()).toEqual([])
  for (const { id, title } of sections) if (id !== 'general' && id !== 'weather') await unfold(title)
  await control(interval).fill('6')
  for (const id of ['weather', 'system', 'tailscale', 'pihole']) {
    await control(`sources.${id}.enabled`).click()
  }
  gateway.config.change({ maxConcurrent: 2, sources: { system: { intervalSeconds: 30 } } })
  await control('sources.system.intervalSeconds').fill('20')
  gateway.config.change({ sources: { system: { intervalSeconds: 40 } } })
  await says(text.conflict('40 s'))
  await button(text.versions.differsFor('1')).click()
  await button(text.save).click()
  await says(text.mendFirst)
  expect(await findings()).toEqual([])
  expect(await isTooWide(page)).toBe(false)
  gateway.config.break(2, 3, 'is no YAML')
  gateway.config.tell({ unknownKeys: ['sources.wether'], notWritable: 'sudo chown -R 1000:1000 config' })
  await says('is no YAML')
  expect(await findings()).toEqual([])
  expect(await isTooWide(page)).toBe(false)
})
