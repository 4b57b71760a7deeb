import { spawnSync } from 'node:child_process'
import { chmod, chown } from 'node:fs/promises'
import { join } from 'node:path'
import { Project, until, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('doctor')

/** One check, or all, as doctor finds them with the real Docker and Compose. */
function examine(only?: string): Record<string, string> {
  const { stdout, stderr } = spawnSync(
    join(project.folder, 'tools/doctor/doctor'),
    only === undefined ? [] : ['--only', only],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        COMPOSE_PROJECT_NAME: project.name,
        COMPOSE_FILE: project.files.filter((each) => each !== '-f').join(':'),
      },
    },
  )
  expect(stderr).toBe('')
  const lines = [...stdout.matchAll(/^(ok|warning|PROBLEM|unknown) +([a-z0-9-]+) +(.+)$/gm)]
  return Object.fromEntries(lines.map(([, kind, id, sentence]) => [id, `${kind}: ${sentence}`]))
}

describe.skipIf(without.has('engine'))('doctor asks a real engine', () => {
  beforeAll(async () => {
    await project.create()
    // What answers no request but is there: the image of traefik can't be had everywhere.
    project.overrides = ['no-traefik.yml']
    await project.writeFile(
      'no-traefik.yml',
      'services:\n  traefik:\n    profiles: !reset []\n    image: redis:7-alpine\n    entrypoint: [sleep, infinity]\n    stop_signal: SIGKILL\n    healthcheck: { test: [CMD, "true"] }\n',
    )
    await project.build()
  })
  afterAll(() => project.remove())

  test('before anything was started', () => {
    const found = examine()
    expect(found).toMatchObject({
      docker: expect.stringMatching(/^ok: Docker \d/),
      compose: expect.stringMatching(/^ok: Compose \d/),
      'compose-file': expect.stringMatching(/^ok/),
      services: 'PROBLEM: Nothing of Tailboard runs.',
      'config-writable': expect.stringMatching(/^ok/),
    })
  })

  test('once it runs', async () => {
    await project.up()
    const found = examine()
    expect(found).toMatchObject({
      services: expect.stringMatching(/^ok: All \d services/),
      'env-applied': 'ok: What runs is what docker-compose.yml and .env say.',
      'traefik-log': expect.stringMatching(/^ok/),
      dashboard: 'PROBLEM: Nothing answers at the dashboard’s port.',
    })
    const { status } = spawnSync(
      'docker',
      [
        'compose',
        '-p',
        project.name,
        ...project.files,
        'exec',
        '-T',
        'redis',
        'getent',
        'hosts',
        'api.open-meteo.com',
      ],
      { cwd: project.folder },
    )
    expect(found.dns).toMatch(status === 0 ? /^ok/ : /^PROBLEM/)
  })

  test('a .env that was changed, until `up`; by name, not by value', async () => {
    await project.writeFile('.env', 'LOG_LEVEL=debug\n')
    const before = examine('env-applied')['env-applied']
    expect(before).toMatch(/^warning: .*\bweb-gateway\b.*\(LOG_LEVEL in \.env\)\.$/)
    expect(before).not.toContain('debug')
    await project.up()
    expect(examine('env-applied')['env-applied']).toMatch(/^ok/)
  })

  test('a service that ended', async () => {
    await project.compose('kill', '-s', 'KILL', 'frontend')
    await project.compose('stop', 'frontend')
    expect(examine('services').services).toMatch(/^PROBLEM: Not running: frontend \(exited, exit code \d+\)/)
    await project.compose('start', 'frontend')
    await until('the frontend runs again', () => examine('services').services?.startsWith('ok') === true)
  })

  test('a .env that Compose can’t read: what it holds stays unsaid', async () => {
    await project.writeFile('.env', "LOG_LEVEL=info\nPIHOLE_PASSWORD='correct-horse\n")
    const found = examine()
    expect(found['compose-file']).toMatch(/^PROBLEM/)
    expect(JSON.stringify(found)).not.toContain('correct-horse')
  })

  test('what it says of a closed .env is so: root without capabilities, as the orchestrator is, can’t read it', async () => {
    const file = join(project.folder, '.env')
    const opened = () =>
      spawnSync('docker', [
        ...['run', '--rm', '--user', '0:0', '--cap-drop', 'ALL', '-v', `${project.folder}:/project:ro`],
        ...['--entrypoint', 'cat', 'redis:7-alpine', '/project/.env'],
      ]).status === 0
    await project.writeFile('.env', 'LOG_LEVEL=info\n')
    await chown(file, 1000, 1000)
    await chmod(file, 0o600)
    expect(opened()).toBe(false)
    expect(examine('env-mode')['env-mode']).toMatch(/^PROBLEM/)
    await chown(file, 1000, 0)
    await chmod(file, 0o640)
    expect(opened()).toBe(true)
    expect(examine('env-mode')['env-mode']).toMatch(/^ok/)
  })

  test('on a Debian with nothing installed and a card that is read-only it runs all the same', () => {
    const { status, stdout, stderr } = spawnSync(
      'docker',
      [
        ...['run', '--rm', '--read-only', '--network', 'none', '-v', `${project.folder}:/project:ro`],
        ...['--entrypoint', '/project/tools/doctor/doctor', 'node:24-trixie-slim'],
      ],
      { encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^PROBLEM +card-writable +The root file system is read-only/m)
    expect(stdout).toMatch(/^PROBLEM +docker +Docker is not installed/m)
    expect(stdout).not.toContain('doctor itself')
    expect(stdout).toMatch(/\d+ checks: /)
    expect(status).toBe(1)
  })
})
