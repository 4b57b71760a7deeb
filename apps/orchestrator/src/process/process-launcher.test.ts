import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { ProcessLauncher } from './process-launcher.ts'

let project: string
const never = new AbortController().signal
const raw = {
  REDIS_URL: 'redis://127.0.0.1:1',
  TAILBOARD_NODE: 'kitchen',
  LOG_LEVEL: '',
  PATH: '/usr/bin',
  TOKEN: 'of another service',
}

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'tailboard-process-'))
})
afterEach(() => rm(project, { recursive: true, force: true }))

async function script(text: string): Promise<ProcessLauncher> {
  await mkdir(join(project, 'apps/system/dist'), { recursive: true })
  await writeFile(join(project, 'apps/system/dist/main.js'), text)
  await writeFile(join(project, 'package.json'), '{"type":"module"}')
  return new ProcessLauncher(project, { raw })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const pidIn = (file: string) =>
  vi.waitFor(async () => {
    const pid = Number(await readFile(join(project, file), 'utf8'))
    expect(pid).toBeGreaterThan(0)
    return pid
  }, 20_000)

test('a run ends with its exit code and the end of its log; one that went well keeps no log', async () => {
  const bad = await script(
    `for (let n = 0; n < 30; n++) console.log('line', n); console.error('last'); process.exitCode = 3`,
  )
  const end = await bad.run('system', never)
  expect(end).toMatchObject({ exitCode: 3, oomKilled: false, engineLost: false })
  expect(end.logTail).toHaveLength(20)
  expect(end.logTail).toContain('last')
  const good = await script(`console.log('fine')`)
  expect(await good.run('system', never)).toMatchObject({ exitCode: 0, logTail: [] })
})

test('a run gets exactly its own variables', async () => {
  const launcher = await script(`
    import { writeFileSync } from 'node:fs'
    writeFileSync('environment.json', JSON.stringify(process.env))`)
  await launcher.run('system', never)
  const given = JSON.parse(await readFile(join(project, 'environment.json'), 'utf8'))
  expect(given).toEqual({ REDIS_URL: raw.REDIS_URL, TAILBOARD_NODE: 'kitchen' })
})

test('only a source that speaks to a stand-in is told so', async () => {
  await script(`
    import { writeFileSync } from 'node:fs'
    writeFileSync('said', process.env.TAILBOARD_SIMULATED ?? 'nothing')`)
  const said = async (simulated: string[]) => {
    await new ProcessLauncher(project, { raw, simulated }).run('system', never)
    return readFile(join(project, 'said'), 'utf8')
  }
  expect(await said(['pihole'])).toBe('nothing')
  expect(await said(['pihole', 'system'])).toBe('1')
})

test('a stand-in for hardware is loaded into the run before the source itself', async () => {
  await script(`
    import { writeFileSync } from 'node:fs'
    writeFileSync('said', String(globalThis.standIn))`)
  const file = join(project, 'a folder, with a = in it.mjs')
  await writeFile(file, 'globalThis.standIn = "here"')
  await new ProcessLauncher(project, { raw, simulated: [`system=${file}`] }).run('system', never)
  expect(await readFile(join(project, 'said'), 'utf8')).toBe('here')
})

/** Starts a grandchild, says both pids, and hangs. */
const hangs = `
  import { spawn } from 'node:child_process'
  import { writeFileSync } from 'node:fs'
  process.on('SIGTERM', () => {})
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  writeFileSync('grandchild', String(child.pid))
  writeFileSync('child', String(process.pid))
  setInterval(() => {}, 1000)`

const stateOf = async (launcher: ProcessLauncher) =>
  (await launcher.status()).services.find(({ service }) => service === 'source-system')

test('an abort kills the run and what it started', async () => {
  const launcher = await script(hangs)
  const stop = new AbortController()
  const end = launcher.run('system', stop.signal)
  const pids = [await pidIn('child'), await pidIn('grandchild')]
  expect(await stateOf(launcher)).toMatchObject({ state: 'running' })
  stop.abort()
  expect((await end).exitCode).toBe(137)
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 20_000)
  expect(await stateOf(launcher)).toMatchObject({ state: 'exited', memoryBytes: null })
})

test('its end leaves no run behind', async () => {
  const launcher = await script(hangs)
  const end = launcher.run('system', never)
  const pids = [await pidIn('child'), await pidIn('grandchild')]
  await launcher.stop()
  await end
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 20_000)
})

test('a run that an earlier process began is found, followed to its end, and can be killed', async () => {
  const launcher = await script(hangs)
  const orphan = spawn(process.execPath, [join(project, 'apps/system/dist/main.js')], {
    cwd: project,
    env: { REDIS_URL: raw.REDIS_URL },
    detached: true,
    stdio: 'ignore',
  })
  onTestFinished(() => void (isAlive(orphan.pid ?? 0) && process.kill(-(orphan.pid ?? 0), 'SIGKILL')))
  const exited = once(orphan, 'exit')
  await pidIn('child')
  expect(await launcher.running()).toEqual(['system'])
  expect(
    await new ProcessLauncher(project, { raw: { ...raw, REDIS_URL: 'redis://127.0.0.1:2' } }).running(),
  ).toEqual([])
  const stop = new AbortController()
  const end = launcher.takeUp('system', stop.signal)
  stop.abort()
  expect(await end).toBeNull()
  expect(await exited).toEqual([null, 'SIGKILL'])
  expect(await launcher.running()).toEqual([])
})

test('a source that is not built is a failure with the line that mends it', async () => {
  const launcher = new ProcessLauncher(project, { raw })
  await expect(launcher.prepare('system')).rejects.toMatchObject({
    kind: 'missing-image',
    hint: 'pnpm turbo build --filter=@tailboard/system',
  })
})

test('the node is this machine', async () => {
  expect(await new ProcessLauncher(project, { raw }).nodeName()).toBe(hostname())
})
