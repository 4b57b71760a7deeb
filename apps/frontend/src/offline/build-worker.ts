import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Plugin, transformWithOxc } from 'vite'

/** Longer than this (bytes) is only what plays video, and there is none without the Pi. */
const longest = 100_000

/** What is in public/ and belongs to the page; the rest of it (refused.html) is for those who don't get it. */
const ofPublic = ['icon.svg', 'manifest.webmanifest']

/** Writes sw.js: the service worker, with the names of all files of this very build in it. */
export function serviceWorker(): Plugin {
  let publicDir = ''
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      publicDir = config.publicDir
    },
    async generateBundle(_options, bundle) {
      const hash = createHash('sha256')
      const files = Object.values(bundle).filter(({ fileName }) => !fileName.startsWith('.'))
      for (const file of files.toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
        hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source)
      }
      for (const name of ofPublic) hash.update(readFileSync(join(publicDir, name)))
      const kept = files.filter((file) => file.type === 'asset' || file.isEntry || file.code.length < longest)
      const names = [...kept.map(({ fileName }) => fileName), ...ofPublic]
      const shell = names.map((name) => (name === 'index.html' ? '/' : `/${name}`)).toSorted()
      const source = resolve(import.meta.dirname, 'service-worker.ts')
      const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source)
      const set = `const SHELL = ${JSON.stringify(shell)}\nconst VERSION = '${hash.digest('hex').slice(0, 16)}'\n`
      // A classic script: `export` is there for the types alone.
      const text = set + code.replace(/^export \{\s*\};?$/m, '')
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: text })
    },
  }
}
