import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseStatic } from '@tailboard/front'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const traefik = join(import.meta.dirname, '../../traefik')

/** traefik/start.sh with a stand-in that says what Traefik would have been given. */
describe('traefik/start.sh', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tailboard-traefik-'))
    writeFileSync(join(folder, 'traefik'), '#!/bin/sh\necho "$@ GOMEMLIMIT=$GOMEMLIMIT"\n')
    chmodSync(join(folder, 'traefik'), 0o755)
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function run(env: Record<string, string>) {
    const rendered = join(folder, 'rendered.yml')
    const { status, stdout, stderr } = spawnSync('sh', [join(traefik, 'start.sh')], {
      encoding: 'utf8',
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        TAILBOARD_TRAEFIK_FILE: join(traefik, 'traefik.yml'),
        TAILBOARD_TRAEFIK_RENDERED: rendered,
        ...env,
      },
    })
    return { status, stdout, stderr, rendered: status === 0 ? readFileSync(rendered, 'utf8') : '' }
  }

  it.each([
    {},
    { TAILBOARD_HTTP_PORT: '8088' },
    { TAILBOARD_HTTP_PORT: '443', TAILBOARD_HTTPS_PORT: '8443' },
  ])('gives Traefik the ports that the routing table has for %o', (env: Record<string, string>) => {
    const { status, stdout, rendered } = run(env)
    expect(status).toBe(0)
    expect(stdout).toBe(`--configFile=${join(folder, 'rendered.yml')} GOMEMLIMIT=48MiB\n`)
    const ports = (text: string, variables: Record<string, string>) =>
      [...parseStatic(text, variables).entryPoints.values()].map(({ name, host, port }) => [name, host, port])
    expect(ports(rendered, {})).toEqual(ports(readFileSync(join(traefik, 'traefik.yml'), 'utf8'), env))
  })

  it('changes nothing but the two ports', () => {
    const before = readFileSync(join(traefik, 'traefik.yml'), 'utf8').split('\n')
    const after = run({ TAILBOARD_HTTP_PORT: '8088', TAILBOARD_HTTPS_PORT: '8443' }).rendered.split('\n')
    expect(after.filter((line, index) => line !== before[index])).toEqual([
      '    address: ":8088"',
      '    address: ":8443"',
    ])
    expect(after).toHaveLength(before.length)
  })

  it('asks another socket than the engine’s own where docker-compose.socket-proxy.yml says so', () => {
    const { rendered } = run({ TAILBOARD_DOCKER_ENDPOINT: 'unix:///var/run/docker.sock/engine.sock' })
    expect(parse(rendered)).toMatchObject({
      providers: { docker: { exposedByDefault: false, endpoint: 'unix:///var/run/docker.sock/engine.sock' } },
    })
  })

  it.each(['http', '0', '65536', '080', '80/tcp', '-1', '123456'])(
    'refuses the port %s with the line to change',
    (port) => {
      const { status, stderr } = run({ TAILBOARD_HTTP_PORT: port })
      expect(status).toBe(78)
      expect(stderr).toContain(`TAILBOARD_HTTP_PORT in .env is '${port}'`)
    },
  )

  it('refuses one port for both', () => {
    expect(run({ TAILBOARD_HTTP_PORT: '8443', TAILBOARD_HTTPS_PORT: '8443' }).stderr).toContain(
      'are both 8443',
    )
  })
})
