import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

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
      let firstLoad = 0
      for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !compressible.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        const raw = readFileSync(path)
        const gz = gzipSync(raw, { level: 9 })
        writeFileSync(`${path}.gz`, gz)
        const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
        writeFileSync(`${path}.br`, brotliCompressSync(raw, { params: quality }))
        if (!entry.name.startsWith('refused')) firstLoad += gz.length
      }
      this.info(`first load, gzip: ${(firstLoad / 1000).toFixed(1)} kB of 60 kB`)
    },
  }
}

const gateway = process.env.TAILBOARD_GATEWAY ?? 'http://localhost:8080'

export default defineConfig({
  plugins: [svelte(), precompress()],
  // The Content-Security-Policy allows nothing inline and no data: address.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, cssCodeSplit: false },
  server: { proxy: { '/api': gateway, '/ws': { target: gateway, ws: true } } },
})
