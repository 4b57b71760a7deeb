import type { HistoryAnswer } from '@tailboard/contracts/history'
import { configText, openBrowser, Project, until, without } from '@tailboard/stack'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('history')
const runs = 3

describe.skipIf(without.has('engine') || without.has('browser'))('the history on the real stack', () => {
  let browser: Browser
  let page: Page
  let base = ''

  beforeAll(async () => {
    await project.create()
    await project.writeFile(
      'config/tailboard.yaml',
      configText({ system: { intervalSeconds: 3600, timeoutSeconds: 30 } }),
    )
    await project.build('source-system')
    await project.up()
    base = (await project.front()).url
    await until('the gateway to know this Pi', history)
    browser = await openBrowser()
    page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await project.remove()
  })

  const history = async (): Promise<HistoryAnswer> => {
    const response = await fetch(`${base}/api/history/system?points=300`)
    if (!response.ok) throw new Error(`/api/history answers ${response.status}: ${await response.text()}`)
    return (await response.json()) as HistoryAnswer
  }
  const processor = ({ at, series }: HistoryAnswer) => {
    const line = series.find(({ path }) => path === 'cpu.usedPercent')
    return at.flatMap((ms, row) => (line?.max[row] == null ? [] : [{ ms, percent: line.max[row] }]))
  }
  /** One more run by hand, until its sample is kept. */
  const runNow = async () => {
    const before = processor(await history()).length
    await until('a run to be accepted', async () => {
      const response = await fetch(`${base}/api/sources/system/run`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
      return response.status === 202
    })
    await until('its sample', async () => processor(await history()).length > before, { withinMs: 280_000 })
  }
  const card = () =>
    page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'This Pi', level: 2 }) })
  const strip = () => card().locator('summary', { hasText: 'Processor in 24' })
  /** What the open chart says of the samples, which it drew. */
  const sentence = async () =>
    (await card().locator('.history li').first().innerText()).replaceAll('\u00a0', ' ')
  const openChart = async () => {
    await page.goto(`${base}/`)
    await strip().click()
    await card().locator('canvas').waitFor()
  }
  const said = (percent: number) => {
    const text = percent !== 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent).toString()
    return `${text} %`
  }
  const expectedSentence = (samples: { percent: number }[]) => {
    const all = samples.map(({ percent }) => percent)
    return `Lowest ${said(Math.min(...all))}, highest ${said(Math.max(...all))}, newest ${said(all.at(-1) ?? Number.NaN)}.`
  }

  test('after a few runs the card has its strip, and the chart holds the real samples', async () => {
    for (let run = 0; run < runs; run++) await runNow()
    const samples = processor(await history())
    expect(samples.length).toBeGreaterThanOrEqual(runs)
    expect((await history()).simulated).toBe(false)
    await openChart()
    expect(await sentence()).toBe(expectedSentence(samples))
  })

  test('gateway, orchestrator and Redis start anew: the history is still there, and goes on', async () => {
    const before = processor(await history())
    await project.stopFront()
    await project.compose('restart', 'redis', 'web-gateway', 'orchestrator')
    base = (await project.front()).url
    const after = await until('the history', async () => processor(await history()))
    expect(after.slice(0, before.length).map(({ percent }) => percent)).toEqual(
      before.map(({ percent }) => percent),
    )
    // Counted from the boot by whoever reads: another reader may round to the other side.
    for (const [index, { ms }] of before.entries())
      expect(Math.abs((after[index]?.ms ?? 0) - ms)).toBeLessThan(10)
    await openChart()
    expect(await sentence()).toBe(expectedSentence(processor(await history())))
    await runNow()
    expect(processor(await history()).length).toBeGreaterThan(before.length)
  })
})
