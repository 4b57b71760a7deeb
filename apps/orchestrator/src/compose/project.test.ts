// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Compose and Dockerfiles
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { containerSpec } from '../docker/create-options.ts'
import { loadProject, type ProjectLocation, projectStamp } from './project.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tb-project-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const location = (...files: string[]): ProjectLocation => ({
  name: 'house',
  workingDir: '/srv/house',
  folder,
  configFiles: files.map((file) => `/srv/house/${file}`),
  envFiles: [],
  composeVersion: '2.26.1',
})
const write = (name: string, text: string) => writeFile(path.join(folder, name), text)

describe('loadProject', () => {
  it('knows the services of a profile alone, and never interpolates the others', async () => {
    await write(
      'a.yml',
      'services: { always: { image: "${ONLY_IN_A_SHELL:?}" }, job: { image: "${I:-x}", profiles: [poll] } }',
    )
    const { services } = await loadProject(location('a.yml'))
    expect([...services.keys()]).toEqual(['job'])
    expect(services.get('job')).toMatchObject({ image: 'x' })
  })

  it('lays a second file over the first as Compose does', async () => {
    await write('.env', 'WORD=from-env\n')
    await write(
      'a.yml',
      `services:
  job:
    image: one
    profiles: [poll]
    command: one two
    environment: { A: a, B: b }
    cap_drop: [ALL]
    volumes: ["./x:/x", "data:/data"]
    networks: [first]
    logging: { driver: json-file, options: { max-size: 1m } }
    healthcheck: { test: [CMD, a], interval: 1s }
networks: { first: {}, second: {} }
volumes: { data: {} }
`,
    )
    await write(
      'b.yml',
      `services:
  job:
    image: \${WORD}
    command: [three]
    environment: [B=over, C]
    cap_drop: [ALL, CHOWN]
    volumes: ["/y:/x:ro"]
    networks: { second: { aliases: [s] } }
    logging: { driver: local }
    healthcheck: { test: b }
`,
    )
    const { services } = await loadProject(location('a.yml', 'b.yml'))
    expect(services.get('job')).toEqual({
      image: 'from-env',
      profiles: ['poll'],
      command: ['three'],
      environment: { A: 'a', B: 'over', C: null },
      cap_drop: ['ALL', 'CHOWN'],
      volumes: [
        { type: 'bind', source: '/y', target: '/x', read_only: true, bind: { create_host_path: true } },
        { type: 'volume', source: 'data', target: '/data', volume: {} },
      ],
      networks: { first: null, second: { aliases: ['s'] } },
      logging: { driver: 'local' },
      healthcheck: { test: 'b', interval: '1s' },
    })
  })

  it('says which file it may not leave the folder for, and which is gone', async () => {
    await expect(loadProject({ ...location(), configFiles: ['/etc/other.yml'] })).rejects.toMatchObject({
      kind: 'misconfigured',
      message: "/etc/other.yml: lies outside the project's folder /srv/house",
    })
    await expect(loadProject(location('gone.yml'))).rejects.toMatchObject({
      message: 'gone.yml: is not there',
    })
  })

  it('notices that a file was changed', async () => {
    await write('a.yml', 'services: {}')
    const before = await projectStamp(location('a.yml'))
    expect(await projectStamp(location('a.yml'))).toBe(before)
    await write('.env', 'A=1')
    expect(await projectStamp(location('a.yml'))).not.toBe(before)
  })
})

describe('containerSpec', () => {
  const specOf = async (options: string, rest = '') => {
    await write('a.yml', `services: { job: { image: i, profiles: [poll], ${options} } }\n${rest}`)
    return containerSpec(await loadProject(location('a.yml')), 'job')
  }

  it.each([
    ['gpus: all', /^service job: the option "gpus" can't be carried over/],
    ['env_file: x', /^service job: the option "env_file"/],
    ['deploy: {}', /^service job: the option "deploy"/],
    ['mem_limit: lots', /^service job, option mem_limit: can't read "lots"/],
    ['read_only: maybe', /^service job, option read_only/],
    ['healthcheck: { tests: x }', /^service job, option healthcheck/],
    ['security_opt: ["seccomp:./profile.json"]', /^service job, option security_opt/],
    ['network_mode: "service:other"', /^service job, option network_mode/],
    ['networks: [nowhere]', /^service job: the network "nowhere" is not defined/],
    ['networks: { default: { mac_address: x } }', /^service job, network default: the option "mac_address"/],
    ['volumes: ["nowhere:/x"]', /^service job, volume \/x: the volume "nowhere" is not defined/],
    ['volumes: ["~/x:/x"]', /^service job, volume \/x: "~"/],
    [
      'volumes: [{ type: npipe, source: a, target: /x }]',
      /^service job, volume \/x: a mount of type "npipe"/,
    ],
    [
      'volumes: [{ type: volume, target: /x, volume: { subpath: a } }]',
      /^service job, volume \/x: the option "subpath"/,
    ],
  ])('refuses %s by name', async (options, message) => {
    await expect(specOf(options)).rejects.toMatchObject({
      kind: 'misconfigured',
      message: expect.stringMatching(message),
    })
  })

  it('takes relative host paths from the folder as the host names it', async () => {
    const { body } = await specOf('volumes: ["./x:/x:ro"]')
    expect(body.HostConfig.Binds).toEqual(['/srv/house/x:/x:ro'])
  })

  it('has a hash that follows the definition and nothing else', async () => {
    const { hash } = await specOf('user: "1", cpu_shares: 5')
    expect((await specOf('cpu_shares: 5, user: "1"')).hash).toBe(hash)
    expect((await specOf('cpu_shares: 6, user: "1"')).hash).not.toBe(hash)
  })
})
