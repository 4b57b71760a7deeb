import { openBrowser } from '@tailboard/stack'
import type { Bench } from './part.ts'
import { judge, type Row } from './row.ts'

/** Everything that a first visit fetches, as it crosses the wire. */
export async function firstLoad({ project }: Bench): Promise<Row[]> {
  const { url } = await project.front()
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    const session = await page.context().newCDPSession(page)
    await session.send('Network.enable')
    let bytes = 0
    const names: string[] = []
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    page.on('response', (response) => names.push(new URL(response.url()).pathname))
    await page.goto(url, { waitUntil: 'networkidle' })
    return [
      {
        measure: 'first load of the page, compressed',
        goal: '60 kB',
        line: '100 kB',
        measured: `${(bytes / 1000).toFixed(1)} kB in ${names.length} requests`,
        how: 'headless Chromium, empty cache, encodedDataLength with headers',
        ...judge(bytes, { goal: 60_000, line: 100_000 }),
      },
    ]
  } finally {
    await browser.close()
  }
}
