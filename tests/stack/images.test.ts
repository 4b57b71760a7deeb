import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  apps,
  architecture,
  type Bom,
  buildImages,
  findUnwanted,
  type Inside,
  lookInside,
  makeBom,
  ownPlatform,
  type Platform,
  platformName,
  platforms,
  readLayers,
  readLock,
} from '@tailboard/image'
import { schemaProblems } from '@tailboard/image/testing'
import { docker, repository, without } from '@tailboard/stack'
import { beforeAll, describe, expect, test } from 'vitest'

const lock = readLock()
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }

/** Under emulation we build for a Pi alone, where that is not left out. */
const canBuild = (platform: Platform) =>
  !without.has('engine') &&
  (platform === ownPlatform || (platform === 'linux/arm64' && !without.has('arm64')))

for (const platform of platforms)
  describe.skipIf(!canBuild(platform))(`the images for ${platform}, as make images builds them`, () => {
    const image = (app: string) => platformName(app, platform)
    const found = new Map<string, Inside>()
    const inside = (app: string) => {
      const each = found.get(app)
      if (each === undefined) throw new Error(`nobody looked into ${app}`)
      return each
    }

    beforeAll(async () => {
      process.env.REPOSITORY = 'https://forge.example/me/tailboard'
      process.env.BUILDKIT_PROGRESS = 'quiet'
      await buildImages(platform)
      for (const app of apps) found.set(app, await lookInside(image(app)))
      // What emulation has to install and compile takes long, the first time.
    }, 3_600_000)

    test.each(apps)('%s says what it is, from where and from which commit', async (app) => {
      const { Config, Architecture } = await docker.getImage(image(app)).inspect()
      expect(Architecture).toBe(architecture(platform))
      const of = (label: string) => Config.Labels[`org.opencontainers.image.${label}`]
      expect(of('version')).toBe(version)
      expect(of('revision')).toMatch(/^[0-9a-f]{40}(-dirty)?$/)
      expect(of('source')).toBe('https://forge.example/me/tailboard')
      expect(of('title')).toMatch(/^Tailboard: \S/)
      expect(of('licenses')).toBe('MIT')
      // The hour of a build would make another image of the same content.
      expect(of('created')).toBeUndefined()
    })

    test.each(apps)('%s holds nothing but what runs', (app) => {
      const { paths } = inside(app)
      expect(paths).toContain(app === 'frontend' ? 'srv/page/index.html' : 'app/main.js')
      expect(findUnwanted(paths)).toEqual([])
    })

    test.each(apps.filter((app) => app !== 'frontend'))('%s has no shell', (app) => {
      expect(inside(app).paths.filter((path) => /(^|\/)(ba|da|a)?sh$/.test(path))).toEqual([])
    })

    test('all that run on node share one layer with it, which is stored once', async () => {
      const onNode = apps.filter((app) => app !== 'frontend')
      const layers = await Promise.all(onNode.map((app) => readLayers(app, image(app))))
      expect(new Set(layers.map((each) => each.layers[0]?.id)).size).toBe(1)
      for (const { name, layers: each } of layers) {
        const own = each.slice(1).reduce((sum, { bytes }) => sum + bytes, 0)
        // The camera brings FFmpeg.
        if (name !== 'camera') expect(own, name).toBeLessThan(5e6)
      }
    })

    describe.each(apps)('the bill of materials of %s', (app) => {
      const bom = (): Bom => makeBom(app, platform, version, inside(app), lock)
      const purls = () => bom().components.map(({ purl }) => purl ?? '')

      test('is valid, and names every package inside with its version', () => {
        expect(schemaProblems(bom())).toEqual([])
        const { nodePackages, systemPackages } = inside(app)
        expect(nodePackages.length).toBeGreaterThan(0)
        for (const { name, version: each } of nodePackages)
          expect(purls()).toContain(`pkg:npm/${name.replace('@', '%40')}@${each}`)
        for (const { name } of systemPackages)
          expect(
            purls().some((purl) => purl.includes(`/${encodeURIComponent(name)}@`)),
            name,
          ).toBe(true)
      })

      test('says the licence of each package of npm’s, and the hash that the lock file has', () => {
        for (const component of bom().components.filter(({ purl }) => purl?.startsWith('pkg:npm/'))) {
          expect(component.licenses, component.purl).toBeDefined()
          expect(component.hashes?.[0]?.content, component.purl).toMatch(/^[0-9a-f]{128}$/)
        }
      })

      test('accounts for every library and program of the image', () => {
        const { paths } = inside(app)
        const kinds = purls().join('\n')
        expect(kinds).toMatch(app === 'frontend' ? /\/nginx/ : /^pkg:generic\/node@24\./m)
        expect(kinds).toMatch(/\/busybox/)
        if (paths.some((path) => /libc\.so\.6$/.test(path))) expect(kinds).toContain('/libc6@')
        if (app === 'camera') expect(kinds).toMatch(/\/ffmpeg@[\s\S]*\/libavcodec\d+@/)
        if (app === 'gateway') expect(kinds).toMatch(/npm\/fastify@/)
      })
    })
  })
