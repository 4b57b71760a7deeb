import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openBrowser } from '@tailboard/stack'
import type { Browser } from 'playwright-core'
import type { Bench } from './part.ts'
import { judge, median, type Row } from './row.ts'

/** Runs in the page, before its own scripts: when a figure of a card first holds a digit, and the frame with it is next. */
const watch = `
  globalThis.firstNumberMs = new Promise((resolve) => {
    const look = () => {
      const figures = [...document.querySelectorAll('article .value')]
      if (!figures.some((figure) => /\\d/.test(figure.textContent))) return
      observer.disconnect()
      requestAnimationFrame(() => resolve(performance.now()))
    }
    const observer = new MutationObserver(look)
    observer.observe(document, { childList: true, subtree: true, characterData: true })
  })
`
/** The floor: the same browser, one small document, nothing to fetch. */
const bare = '<!doctype html><title>bare</title><article><p class="value">1</p></article>'

/** From the navigation to the first number on the screen, each time in a browser that has never seen the page. */
export async function firstNumber({ project, isShort }: Bench): Promise<Row[]> {
  const rounds = isShort ? 3 : 11
  const { url } = await project.front()
  const server = createServer((_, response) => response.end(bare)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const floor = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const browser = await openBrowser()
  try {
    const floors: number[] = []
    const pages: number[] = []
    // The first round starts the browser's own processes, and is not counted.
    for (let round = -1; round < rounds; round++) {
      const times = [await visitMs(browser, floor), await visitMs(browser, url)] as const
      if (round < 0) continue
      floors.push(times[0])
      pages.push(times[1])
    }
    const ms = median(pages)
    return [
      {
        measure: 'navigation to the first number on the screen',
        goal: '200 ms',
        line: '400 ms',
        measured: `${Math.round(ms)} ms (bare page ${Math.round(median(floors))} ms)`,
        how: `median of ${rounds} visits in headless Chromium, each with nothing cached, over loopback, system reading there; ${Math.round(Math.min(...pages))} to ${Math.round(Math.max(...pages))} ms`,
        ...judge(ms, { goal: 200, line: 400 }),
      },
    ]
  } finally {
    await browser.close()
    server.close()
  }
}

async function visitMs(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.addInitScript(watch)
    await page.goto(url, { waitUntil: 'commit' })
    return await page.evaluate<number>('firstNumberMs')
  } finally {
    await context.close()
  }
}
