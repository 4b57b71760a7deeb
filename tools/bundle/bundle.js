#!/usr/bin/env node
// Bundles the service in the current folder: src/main.ts to dist/main.js, one file, no node_modules at run time.
// With --watch: again at each change, until it is ended.
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { basename, join } from 'node:path'
import { build, context } from 'esbuild'
import { packagesInside } from './packages.js'

/**
 * What dockerode brings for SSH hosts and BuildKit sessions. Neither is used, and together they cost 10 MB of
 * memory in a service that has 32.
 */
const neverUsed = /^(ssh2|@grpc\/.*|protobufjs(\/.*)?|cpu-features)$/

const leaveOut = {
  name: 'leave-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: neverUsed }, ({ path }) => ({ path, namespace: 'leave-out' }))
    onLoad({ filter: /.*/, namespace: 'leave-out' }, () => ({
      contents: 'module.exports = {}',
      loader: 'js',
    }))
  },
}

/**
 * Node's own modules through `require`, never through `import`. An import reads every export, also those that Node makes
 * only when asked for: `import 'node:http'` loads the whole of undici and costs 7 MB more than `require('node:http')`.
 * TLS (2 MB) is loaded when it is first used: ioredis and docker-modem name it, and over a plain socket never call it.
 */
const loadedOnUse = new Set(['tls', 'https'])
const builtins = new RegExp(`^(node:)?(${builtinModules.join('|')})$`)
const viaRequire = {
  name: 'builtins-via-require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: builtins }, ({ path, namespace, kind }) => {
      if (namespace === 'builtin') return { path, external: true }
      const name = path.replace(/^node:/, '')
      // A namespace object can't be made without reading the module: only `require` may wait.
      const waits = loadedOnUse.has(name) && kind === 'require-call'
      return { path: name, namespace: 'builtin', suffix: waits ? '?on-use' : '' }
    })
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path, suffix }) => ({
      contents:
        suffix === '?on-use'
          ? `module.exports = new Proxy({}, { get: (_, key) => require('node:${path}')[key] })`
          : `module.exports = require('node:${path}')`,
      loader: 'js',
    }))
  },
}

const manifest = JSON.parse(await readFile('package.json', 'utf8'))
/** Files that a CommonJS package reads from beside itself: they are put beside the bundle. */
const assets = manifest.tailboard?.assets ?? []
const beside = assets.length > 0 ? 'const __dirname=import.meta.dirname;' : ''
const options = {
  entryPoints: { main: 'src/main.ts', ...manifest.tailboard?.entries },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  external: manifest.tailboard?.external ?? [],
  define: { TAILBOARD_VERSION: JSON.stringify(manifest.version) },
  // CommonJS packages call require for Node's own modules.
  banner: {
    js: `import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);${beside}`,
  },
  plugins: [leaveOut, viaRequire],
  metafile: true,
  logLevel: 'warning',
}

if (process.argv.includes('--watch')) {
  const watching = await context(options)
  await watching.watch()
} else {
  await rm('dist', { recursive: true, force: true })
  const result = await build(options)
  for (const asset of assets) await copyFile(asset, join('dist', basename(asset)))
  await writeFile(
    'dist/packages.json',
    `${JSON.stringify(await packagesInside(result.metafile, assets), null, 2)}\n`,
  )
  for (const [path, { bytes }] of Object.entries(result.metafile.outputs)) {
    process.stdout.write(`${path} ${(bytes / 1024).toFixed(0)} kB\n`)
  }
}
