import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const apps = join(import.meta.dirname, '../../apps')
const dockerfiles = readdirSync(apps)
  .filter((app) => existsSync(join(apps, app, 'Dockerfile')))
  .map((app) => [app, readFileSync(join(apps, app, 'Dockerfile'), 'utf8')] as const)

/** What every app's file begins with, up to where its own code comes in. */
const sharedPart = (app: string, text: string) => text.split(`COPY apps/${app} apps/${app}\n`)[0]
/** The first steps of the final stage: the layer that holds the node binary. */
const firstSteps = (text: string) => text.split('\nFROM scratch\n')[1]?.split('\n').slice(0, 3)

const bake = readFileSync(join(apps, '../docker-bake.hcl'), 'utf8')
const bakedApps = [...(/app = \[([^\]]*)\]/.exec(bake)?.[1] ?? '').matchAll(/"([a-z0-9]+)"/g)].map(
  ([, app]) => app,
)

test('there are images to look at, and every app has its own', () => {
  expect(dockerfiles.map(([app]) => app)).toEqual(
    readdirSync(apps).filter((app) => existsSync(join(apps, app, 'package.json'))),
  )
  expect(dockerfiles.length).toBeGreaterThan(8)
  expect(bakedApps).toHaveLength(dockerfiles.length)
})

describe.each(dockerfiles)('%s', (app, text) => {
  test('has the shared stages word for word, so that they are built and stored once', () => {
    const [first] = dockerfiles
    expect(sharedPart(app, text)).toBe(sharedPart(first?.[0] ?? '', first?.[1] ?? ''))
    expect(sharedPart(app, text)).not.toBe(text)
  })

  test('needs no front end from a registry and no session: the engine builds it through its plain API', () => {
    expect(text).not.toMatch(/^# *syntax *=/im)
    expect(text).not.toMatch(/^RUN.*--mount|^COPY.*--parents|<<-?['"]?[A-Z]+/m)
  })

  test('stands on the shared layer, or on what the page needs of nginx, and runs as a number', () => {
    const steps = firstSteps(text)
    if (app === 'frontend') expect(steps?.[0]).toBe('COPY --from=nginx /root-of-page/ /')
    else expect(steps?.slice(0, 2)).toEqual(['COPY --from=root /root-of-services/ /', 'WORKDIR /app'])
    expect(text).toMatch(/^USER \d+:\d+$/m)
  })

  test('installs and bundles on the builder’s own processor, and compiles on that of the image', () => {
    for (const stage of ['manifests', 'build'])
      expect(text).toContain(`\nFROM --platform=$BUILDPLATFORM node:24-trixie-slim AS ${stage}\n`)
    const others = [...text.matchAll(/^FROM (.+)$/gm)].filter(([, from]) => from?.includes('--platform'))
    expect(others).toHaveLength(2)
  })

  test('is made by make images too', () => {
    expect(bakedApps).toContain(app)
  })
})

test('what compiles stays behind: a stage that no other begins with, from which one finished folder is copied', () => {
  const compiling = dockerfiles.filter(([, text]) => /\bg\+\+/.test(text))
  expect(compiling.map(([app]) => app)).toContain('aranet4')
  for (const [, text] of compiling) {
    const [stages = '', last = ''] = text.split('\nFROM scratch\n')
    expect(stages).toMatch(
      /\nFROM node:24-trixie-slim AS native\nRUN apt-get update && apt-get install .*g\+\+/,
    )
    expect(text).not.toMatch(/^FROM native\b/m)
    expect(last.match(/^COPY --from=native .*$/gm)).toEqual(['COPY --from=native /native/dist/ ./'])
  }
})
