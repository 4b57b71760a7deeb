import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WantedEnvironment } from './wanted-environment.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailboard-wanted-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The project as the host names it lies elsewhere than where we see it. */
const open = (...files: string[]) =>
  new WantedEnvironment({
    name: 'tailboard',
    workingDir: '/home/pi/tailboard',
    folder,
    configFiles: files.map((file) => `/home/pi/tailboard/${file}`),
    envFiles: [],
    composeVersion: '',
  })

const plain = async (wanted: WantedEnvironment) =>
  Object.fromEntries(
    [...(await wanted.services())].map(([name, values]) => [name, Object.fromEntries(values)]),
  )

test('every service has the variables of its files, overridden in order, as .env says now', async () => {
  await writeFile(
    join(folder, 'docker-compose.yml'),
    `
x-env: &env { LOG_LEVEL: "\${LOG_LEVEL:-info}", NODE: "\${NODE:-}" }
services:
  web-gateway: { image: a, environment: { <<: *env, PORT: 8080 } }
  redis: { image: b }
  source-system: { image: c, profiles: [poll], environment: [HOST_PROC=/host/proc, FROM_SHELL] }
`,
  )
  await writeFile(join(folder, 'more.yml'), 'services: { web-gateway: { environment: { PORT: "9090" } } }')
  const wanted = open('docker-compose.yml', 'more.yml')
  expect(await plain(wanted)).toEqual({
    'web-gateway': { LOG_LEVEL: 'info', NODE: '', PORT: '9090' },
    'source-system': { HOST_PROC: '/host/proc' },
  })
  await writeFile(join(folder, '.env'), 'LOG_LEVEL=debug\n')
  expect((await plain(wanted))['web-gateway']).toMatchObject({ LOG_LEVEL: 'debug' })
})

test('a broken compose file is an error that names it', async () => {
  await writeFile(join(folder, 'docker-compose.yml'), 'services: [')
  await expect(open('docker-compose.yml').services()).rejects.toMatchObject({
    kind: 'misconfigured',
    message: expect.stringContaining('docker-compose.yml'),
  })
})
