import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Findings {
  passes: unknown[]
  violations: { id: string; nodes: { html: string }[] }[]
}

/** What axe finds wrong on a page, each as its rule and the elements. An axe that looked at nothing is an error. */
export async function axeFindings(page: Page): Promise<string[]> {
  const found = await page.evaluate<Findings>(`${axe}; axe.run({ runOnly: ${JSON.stringify(rules)} })`)
  if (found.passes.length <= 10) throw new Error(`axe only passed ${found.passes.length} rules: did it look?`)
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Whether a person would have to scroll sideways. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
}
