import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The apple-touch-icon is fetched when the page is put on a home screen. */
const inPage = /(?<!rel="apple-touch-icon" )(?:src|href)="\/([^"]+)"/g
/** An import that is always made; `import(` is one that is made when it is needed. */
const inScript = /(?:from|import)"\.\/([^"]+\.js)"/g

/** The files of a built page that a first visit fetches: what index.html names, and what those scripts import at once. */
export function firstLoadFiles(dist: string): string[] {
  const files = new Set(['index.html'])
  for (const file of files) {
    if (file.endsWith('.html'))
      for (const [, name] of textOf(dist, file).matchAll(inPage)) files.add(name ?? '')
    if (!file.endsWith('.js')) continue
    for (const [, name] of textOf(dist, file).matchAll(inScript)) files.add(`assets/${name}`)
  }
  return [...files].filter((file) => /\.\w+$/.test(file))
}

const textOf = (dist: string, file: string) => readFileSync(join(dist, file), 'utf8')
