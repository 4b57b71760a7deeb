import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'
import { serviceWorker } from './src/offline/build-worker.ts'
import { firstLoadFiles } from './src/testing/first-load.ts'

const compressible = /\.(html|js|css|svg|webmanifest|json)$/

/** A Pi should not compress the same file for each visitor: done once, here. Prints what a first load costs. */
function precompress(): Plugin {
  let dist = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved({ root, build }) {
      dist = resolve(root, build.outDir)
    },
    closeBundle() {
      for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !compressible.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        const raw = readFileSync(path)
        const gz = gzipSync(raw, { level: 9 })
        writeFileSync(`${path}.gz`, gz)
        const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
        writeFileSync(`${path}.br`, brotliCompressSync(raw, { params: quality }))
      }
      const sizes = firstLoadFiles(dist).map(
        (file) => statSync(join(dist, compressible.test(file) ? `${file}.gz` : file)).size,
      )
      const firstLoad = sizes.reduce((all, size) => all + size, 0)
      this.info(`first load, gzip: ${(firstLoad / 1000).toFixed(1)} kB of 60 kB`)
    },
  }
}

/**
 * The page names the sources, and their schemas would weigh more than all that it says of them: their summaries are worked
 * out here, and go into the page as data.
 */
function summariesAsData(): Plugin {
  return {
    name: 'summaries-as-data',
    apply: 'build',
    async load(id) {
      if (!id.endsWith('/contracts/src/sources/summaries.ts')) return null
      const { summaries } = await import('@tailboard/contracts/sources/summaries')
      return `export const summaries = ${JSON.stringify(summaries)}`
    },
  }
}

type Modules = { getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null }

/** Whether the first load needs a module: the entry imports it at once, by whatever way. */
function isNeededFirst(id: string, modules: Modules, seen = new Set<string>()): boolean {
  if (seen.has(id)) return false
  seen.add(id)
  const info = modules.getModuleInfo(id)
  if (info === null) return false
  return info.isEntry || info.importers.some((importer) => isNeededFirst(importer, modules, seen))
}

const gateway = process.env.TAILBOARD_GATEWAY ?? 'http://localhost:8080'

export default defineConfig({
  plugins: [svelte(), summariesAsData(), serviceWorker(), precompress()],
  // The Content-Security-Policy allows nothing inline and no data: address.
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the image's bill of materials is made from; it is not served.
    license: { fileName: '.vite/packages.json' },
    // One file for the first load: pieces compress worse, and each is a request of its own.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: (id: string, modules: Modules) => (isNeededFirst(id, modules) ? 'page' : null) }],
        },
      },
    },
  },
  server: { proxy: { '/api': gateway, '/ws': { target: gateway, ws: true } } },
})
