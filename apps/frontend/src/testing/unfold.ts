import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Opens all that unfolds on a page, and waits until what is in it was fetched and stands there. */
export async function unfoldAll(page: Page): Promise<void> {
  await page.evaluate(
    `for (const summary of document.querySelectorAll('details:not([open]) > summary')) summary.click()`,
  )
  const waiting = () =>
    page.evaluate<number>(`[...document.querySelectorAll('details[open]')].filter((details) =>
      details.offsetHeight > 0 && [...details.children].every((child) => child.localName === 'summary' || child.offsetHeight === 0)).length`)
  await expect.poll(waiting, { timeout: 20_000, message: 'what is still empty' }).toBe(0)
}
