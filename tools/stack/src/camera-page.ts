import type { Browser, Page } from 'playwright-core'

const heartbeat = '/api/camera/watch'

/** From the tap on the button to the first picture that the browser has decoded (ms), by the page's own clock. */
const tapScript = `new Promise((resolve) => {
  const begun = performance.now()
  ;[...document.querySelectorAll('button')].find(({ innerText }) => innerText.trim() === 'Look now').click()
  const look = () => {
    const frames = document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0
    if (frames > 0) resolve(performance.now() - begun)
    else setTimeout(look, 10)
  }
  look()
})`

/** How many different colours a coarse grid over the picture has: a black one has one. */
const coloursScript = (element: 'video' | 'canvas') => `(() => {
  const picture = document.querySelector('article ${element}')
  const canvas = document.createElement('canvas')
  const [width, height] = (canvas.width = 16, canvas.height = 12, [16, 12])
  const context = canvas.getContext('2d')
  context.drawImage(picture, 0, 0, width, height)
  const { data } = context.getImageData(0, 0, width, height)
  const colours = new Set()
  for (let at = 0; at < data.length; at += 4) colours.add(data.slice(at, at + 3).join())
  return colours.size
})()`

/** A real browser's page that looks at the camera. */
export class CameraPage {
  readonly page: Page
  #heardMs = Number.NaN

  private constructor(page: Page) {
    this.page = page
    page.on('requestfinished', (request) => {
      if (request.method() === 'POST' && request.url().endsWith(heartbeat)) this.#heardMs = performance.now()
    })
  }

  static async open(browser: Browser, url: string): Promise<CameraPage> {
    const page = await browser.newPage()
    await page.goto(url)
    await page.getByRole('button', { name: 'Look now' }).waitFor()
    return new CameraPage(page)
  }

  /** When the gateway last answered that it had heard this page, by `performance.now()` of this process. */
  get heardMs(): number {
    return this.#heardMs
  }

  /** Taps, and waits for a picture. Returns how long it took (ms). */
  tap(): Promise<number> {
    return this.page.evaluate<number>(tapScript)
  }

  /** Pictures decoded by the player that is there now. */
  frames(): Promise<number> {
    return this.page.evaluate<number>(
      `document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0`,
    )
  }

  /** Of the live picture, or (`canvas`) of the still. */
  colours(element: 'video' | 'canvas' = 'video'): Promise<number> {
    return this.page.evaluate<number>(coloursScript(element))
  }

  /** What the card says. */
  async text(): Promise<string> {
    const heading = this.page.getByRole('heading', { name: 'Camera', exact: true })
    return (await this.page.getByRole('article').filter({ has: heading }).innerText()).replaceAll(
      '\u00a0',
      ' ',
    )
  }

  /** Without a goodbye: its process dies. */
  async kill(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    const client = await this.page.context().newCDPSession(this.page)
    // Never answered.
    client.send('Page.crash').catch(() => {})
    await crashed
    await this.page.close()
  }
}
