import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '../..')

/**
 * Builds the page as it is shipped into a folder of its own, with another public/ for another version of it. Returns the
 * folder; whoever asked removes it.
 */
export async function buildPage(publicDir = 'public'): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'tailboard-page-'))
  // Vitest sets NODE_ENV to test, and Svelte would build its development half.
  process.env.NODE_ENV = 'production'
  await build({
    root,
    publicDir,
    mode: 'production',
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  })
  return outDir
}
