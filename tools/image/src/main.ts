// Every image for each platform into this machine's engine, a table of their sizes, and a bill of materials each.
//   node tools/image/src/main.ts [linux/amd64] [linux/arm64]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildImages, nameForCompose } from './build.ts'
import { lookInside } from './inside.ts'
import { readLock } from './lock.ts'
import {
  apps,
  architecture,
  ownPlatform,
  type Platform,
  plainName,
  platformName,
  platforms,
  repository,
} from './names.ts'
import { run } from './run.ts'
import { makeBom } from './sbom.ts'
import { readLayers, sizeTable } from './table.ts'

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(platforms as readonly string[]).includes(name))
if (unknown !== undefined) {
  console.error(`images: ${unknown} is no platform of ours. Those are ${platforms.join(' and ')}.`)
  process.exit(2)
}
const wanted = asked.length === 0 ? platforms : (asked as Platform[])

/** What this machine's builder can build, its own platform among them. */
const builders = await run('docker', ['buildx', 'inspect'])
const able = wanted.filter((platform) => platform === ownPlatform || builders.includes(platform))
const folder = join(repository, 'dist/sbom')
mkdirSync(folder, { recursive: true })
const lock = readLock()
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }

for (const platform of able) {
  const started = performance.now()
  await buildImages(platform)
  if (platform === ownPlatform) await nameForCompose(plainName)
  console.log(`\n${platform}, built in ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
  console.log(sizeTable(await Promise.all(apps.map((app) => readLayers(app, platformName(app, platform))))))
  let components = 0
  for (const app of apps) {
    const bom = makeBom(app, platform, version, await lookInside(platformName(app, platform)), lock)
    components += bom.components.length
    writeFileSync(
      join(folder, `${app}-${architecture(platform)}.cdx.json`),
      `${JSON.stringify(bom, null, 2)}\n`,
    )
  }
  console.log(
    `\nbills of materials: dist/sbom/*-${architecture(platform)}.cdx.json, ${components} components in all`,
  )
}

for (const platform of wanted.filter((each) => !able.includes(each))) {
  console.error(
    `\n*** LEFT OUT: ${platform}. This machine has no emulation for it. Install it: sudo apt install qemu-user-static binfmt-support`,
  )
  process.exitCode = 1
}
