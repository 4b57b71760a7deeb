import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apps } from '@tailboard/image'
import { alwaysOn, configText, repository, tryCommand, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OtherMachine } from './other-machine.ts'

/** One commit for all runs: the label with it is part of the image. */
const quiet = {
  BUILDKIT_PROGRESS: 'quiet',
  REPOSITORY: 'https://forge.example/me/tailboard',
  REVISION: '0'.repeat(40),
}
const deploy = (variables: Record<string, string>) =>
  tryCommand(
    'make',
    [
      '--no-print-directory',
      'deploy',
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ],
    {
      cwd: repository,
      env: { ...process.env, ...quiet },
    },
  )

describe.skipIf(without.has('engine'))('make deploy refuses', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailboard-refuse-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** In place of ssh: runs the command here, where these programs answer as they would on a Pi that is not fit. */
  const fakeSsh = async (programs: Record<string, string>) => {
    const bin = await mkdtemp(join(folder, 'bin-'))
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
      await chmod(join(bin, name), 0o755)
    }
    const ssh = join(bin, 'fake-ssh')
    await writeFile(
      ssh,
      `#!/bin/sh\nwhile [ "$1" != pi ]; do shift; done; shift\nPATH=${bin}:$PATH exec sh -c "$*"\n`,
    )
    await chmod(ssh, 0o755)
    return ssh
  }
  const engine = (answer: string, compose = 'echo 2.40.0') =>
    `case "$1 $2" in "version --format") ${answer} ;; "compose version") ${compose} ;; "info --format") echo / ;; esac`

  test.each([
    ['no HOST', {}, 'HOST is not set'],
    [
      'a HOST that is an option',
      { HOST: '-oProxyCommand=true' },
      'can’t begin with a dash'.replace('’', "'"),
    ],
    ['a HOST that nobody answers at', { HOST: 'nobody@127.0.0.1', SSH: 'ssh -p 1' }, "can't be reached"],
  ])('%s', async (_what, variables, reason) => {
    const { code, stderr } = await deploy(variables as unknown as Record<string, string>)
    expect(code).not.toBe(0)
    expect(stderr).toContain(reason)
  })

  test.each([
    ['a 32-bit engine', { docker: engine('echo linux/arm') }, '32-bit system'],
    ['a 32-bit userland', { docker: engine('echo linux/arm64'), getconf: 'echo 32' }, '32-bit system'],
    ['no Docker', { docker: 'echo "docker: not found" >&2; exit 127' }, 'no Docker engine answers'],
    ['no Compose', { docker: engine('echo linux/arm64', 'exit 1') }, 'has no Compose plugin'],
    ['an old Compose', { docker: engine('echo linux/arm64', 'echo 2.3.3') }, 'Compose on pi is 2.3.3'],
  ])('%s, before it builds anything', async (_what, programs, reason) => {
    const { code, stderr } = await deploy({
      HOST: 'pi',
      SSH: await fakeSsh(programs as Record<string, string>),
    })
    expect(code).not.toBe(0)
    expect(stderr).toContain(reason)
    expect(stderr).not.toContain('building for')
  })

  test('a card that is too full, before it sends anything', async () => {
    const own = process.arch === 'arm64' ? 'arm64' : 'amd64'
    const programs = {
      docker: engine(`echo linux/${own}`),
      df: 'echo head; echo "/dev/root 1000 900 20480 90% /"',
    }
    const { code, stderr } = await deploy({ HOST: 'pi', SSH: await fakeSsh(programs) })
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/has 20 MB free, and these images need \d{3,} MB/)
    expect(stderr).not.toContain('sending')
  })
})

describe.skipIf(without.has('engine') || without.has('other-machine'))('make deploy', () => {
  const machine = new OtherMachine()
  let pi = ''
  const own: Record<string, string> = {
    // Where traefik's image can't be had the tests' front stands in for it, so this Pi leaves it out.
    '.env':
      'COMPOSE_PROJECT_NAME=tbdeploy\nCOMPOSE_FILE=docker-compose.yml:docker-compose.ci.yml\nTAILBOARD_VERSION=mine\n',
    'config/tailboard.yaml': configText({}),
    'secrets/pihole/password': 'the owner’s own\n',
    'traefik/dynamic/of-the-owner.yml': '# by hand\n',
  }
  const run = () => deploy({ HOST: machine.host, SSH: machine.ssh, FOLDER: pi })

  beforeAll(async () => {
    await machine.start()
    pi = join(machine.folder, 'a pi')
    for (const [path, content] of Object.entries(own)) {
      await mkdir(join(pi, path, '..'), { recursive: true })
      await writeFile(join(pi, path), content)
    }
    const { code, stderr } = await tryCommand('sh', [
      '-c',
      `docker save redis:7-alpine | docker -H ${machine.docker} load`,
    ])
    expect(code, stderr).toBe(0)
  })
  afterAll(async () => {
    await machine
      .runDocker('ps', '-aq')
      .then((ids) => (ids.trim() === '' ? '' : machine.runDocker('rm', '-f', ...ids.trim().split('\n'))))
    await machine.stop()
  })

  test('builds, sends and starts the stack on another machine, over ssh', async () => {
    const { code, stdout, stderr } = await run()
    expect(code, stderr).toBe(0)
    expect(stderr).toContain(`${apps.length} of ${apps.length} images are new`)
    expect(stdout).toContain('web-gateway')
    const running = (
      await machine.runDocker('ps', '--format', '{{.Label "com.docker.compose.service"}} {{.Status}}')
    )
      .trim()
      .split('\n')
    const always = running.filter((line) => alwaysOn.includes(line.split(' ')[0] ?? ''))
    expect(always.map((line) => line.split(' ')[0]).sort()).toEqual(alwaysOn)
    expect(running.filter((line) => /unhealthy|Restarting/.test(line))).toEqual([])
    // Under the names that the Pi's own .env gives them.
    const images = await machine.runDocker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}')
    for (const app of apps) expect(images.split('\n')).toContain(`tailboard/${app}:mine`)
    const health = ['wget', '-q', '-O', '-', 'http://localhost:8080/health']
    expect(await machine.runDocker('exec', 'tbdeploy-web-gateway-1', ...health)).not.toBe('')
  })

  test('what is the owner’s is as it was', async () => {
    for (const [path, content] of Object.entries(own))
      expect(await readFile(join(pi, path), 'utf8'), path).toBe(content)
  })

  test('again: nothing is sent, a rule that is gone here is gone there', async () => {
    const list = join(pi, '.deployed')
    await writeFile(join(pi, 'traefik/dynamic/old-rule.yml'), '# of an earlier version\n')
    await writeFile(list, `${await readFile(list, 'utf8')}traefik/dynamic/old-rule.yml\n`)
    const { code, stderr } = await run()
    expect(code, stderr).toBe(0)
    expect(stderr).toContain(`0 of ${apps.length} images are new`)
    expect(stderr).not.toContain('sending')
    await expect(readFile(join(pi, 'traefik/dynamic/old-rule.yml'))).rejects.toThrow('ENOENT')
    expect(await readFile(join(pi, 'traefik/dynamic/of-the-owner.yml'), 'utf8')).toBe('# by hand\n')
  })
})
