import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { summaries } from '@tailboard/contracts/sources/summaries'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPage } from './testing/build-page.ts'
import { firstLoadFiles } from './testing/first-load.ts'

/** The mission's goal. */
const mostBytes = 60_000

let page: string
let files: string[]

beforeAll(async () => {
  page = await buildPage()
  files = readdirSync(page, { recursive: true, encoding: 'utf8' })
})
afterAll(() => rmSync(page, { recursive: true }))

test('everything that a first load fetches stays small', () => {
  const fetched = firstLoadFiles(page)
  for (const kind of ['.html', '.js', '.css', '.svg', '.webmanifest']) {
    expect(fetched.some((file) => file.endsWith(kind))).toBe(true)
  }
  const sizes = fetched.map(
    (file) => [file, gzipSync(readFileSync(join(page, file)), { level: 9 }).length] as const,
  )
  const sum = sizes.reduce((all, [, size]) => all + size, 0)
  console.log(`first load, gzip: ${sum} B (${sizes.map(([file, size]) => `${file} ${size}`).join(', ')})`)
  expect(sum).toBeLessThan(mostBytes)
})

test('the first load names every source and carries no schema', () => {
  const scripts = firstLoadFiles(page).filter((file) => file.endsWith('.js'))
  const code = scripts.map((file) => readFileSync(join(page, file), 'utf8')).join('')
  for (const { title, description } of Object.values(summaries)) {
    expect(code).toContain(title)
    expect(code).toContain(description)
  }
  // What a person reads who writes a wrong setting: the configuration's schema, and a source's.
  expect(code).not.toContain('must be a group of settings')
  expect(code).not.toContain('must be a time zone such as')
})

test('each file lies beside its compressed forms, which are the same', () => {
  for (const file of files.filter((name) => /\.(html|js|css|svg)$/.test(name))) {
    const raw = readFileSync(join(page, file))
    expect(gunzipSync(readFileSync(join(page, `${file}.gz`)))).toEqual(raw)
    expect(brotliDecompressSync(readFileSync(join(page, `${file}.br`)))).toEqual(raw)
  }
})

test('nothing is inline and nothing comes from elsewhere', () => {
  for (const file of ['index.html', 'refused.html']) {
    const html = readFileSync(join(page, file), 'utf8')
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|(?:src|href)="(?!\/)/)
  }
  const code = files
    .filter((file) => /\.(js|css)$/.test(file))
    .map((file) => readFileSync(join(page, file), 'utf8'))
  for (const text of code) expect(text).not.toMatch(/@import|url\(["']?https?:|import\(["']https?:/)
})

test('a refused visitor reads which line lets his network in', () => {
  const html = readFileSync(join(page, 'refused.html'), 'utf8')
  expect(html).toContain('TAILBOARD_READ_FROM=')
  expect(html).toContain('docker compose up -d')
})
