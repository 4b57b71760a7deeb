import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const app = join(import.meta.dirname, '..')

/** What listens is the source's own ear; the controller under it came in by the preload alone. */
const program = `
  import { openAdapter } from './src/adapter.ts'
  import { decode } from './src/decode.ts'
  import { listen } from './src/listen.ts'
  import { systemTimers as timers } from './src/timers.ts'
  const heard = []
  const said = await openAdapter().then((adapter) => listen(adapter, {
    onHeard: (each) => heard.push(each),
    isEnough: () => heard.length > 0,
    signal: AbortSignal.timeout(15_000), timers, sys: '/nowhere',
  })).catch(({ kind }) => kind)
  console.log(JSON.stringify({ said, name: heard[0]?.name, values: heard[0] && decode(heard[0].payload, heard[0].name).values }))
  process.exit(0)`

async function run(double: string) {
  const child = spawn(
    process.execPath,
    ['--import', './testing/preload.ts', '--input-type=module', '-e', program],
    { cwd: app, env: { ...process.env, ARANET4_DOUBLE: double } },
  )
  let said = ''
  child.stdout.on('data', (data) => {
    said += data
  })
  await once(child, 'close')
  return JSON.parse(said.trim().split('\n').at(-1) ?? '')
}

test('a program that is started with the preload hears a plausible bedroom', async () => {
  const { name, values } = await run('')
  expect(name).toBe('Aranet4 0DEM0')
  expect(values.co2Ppm).toBeGreaterThan(400)
  expect(values.co2Ppm).toBeLessThan(2000)
  expect(values.temperatureC).toBeGreaterThan(17)
  expect(values.temperatureC).toBeLessThan(24)
  expect(values).toMatchObject({ intervalS: 300, batteryPercent: 87 })
})

test.each([
  ['no-bluetooth', 'misconfigured'],
  ['no-adapter', 'missing-hardware'],
  ['no-privilege', 'refused'],
])('ARANET4_DOUBLE=%s: %s', async (double, kind) => {
  expect((await run(double)).said).toBe(kind)
})
