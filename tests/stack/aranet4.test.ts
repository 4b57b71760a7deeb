import { keys } from '@tailboard/contracts'
import { Store, systemTime } from '@tailboard/service'
import { configText, Project, until, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('aranet4')
let store: Store

/** The production image; a Bluetooth controller is loaded under its real noble, from a folder that no image holds. */
const override = `services:
  source-aranet4:
    volumes:
      - ./apps/aranet4/testing:/testing:ro
    environment:
      NODE_OPTIONS: --import=/testing/preload.ts
      ARANET4_DOUBLE: \${ARANET4_DOUBLE:-}
      TAILBOARD_SIMULATED: "1"
`

const runOnce = (fault = '') =>
  project.tryCompose(
    '--profile',
    'poll',
    'run',
    '--rm',
    '-T',
    '-e',
    `ARANET4_DOUBLE=${fault}`,
    'source-aranet4',
  )

describe.skipIf(without.has('engine'))(
  'source-aranet4 as composed: host network, Redis by its socket',
  () => {
    beforeAll(async () => {
      await project.create()
      await project.writeFile('.env', 'TAILBOARD_NODE=kitchen\n')
      const devices = [{ address: 'd2:5a:7e:ad:00:01', name: 'Bedroom' }]
      await project.writeFile(
        'config/tailboard.yaml',
        configText({ aranet4: { intervalSeconds: 86_400, devices } }),
      )
      await project.writeFile('double.yml', override)
      project.overrides = ['double.yml']
      await project.build('source-aranet4')
      await project.compose('up', '-d', '--wait', 'redis', 'web-gateway')
      const redis = await project.redis()
      await redis.set(keys.localNode, 'kitchen')
      await until('the configuration', async () => (await redis.exists(keys.config)) === 1)
      store = new Store(redis, 'kitchen', systemTime)
    })
    afterAll(() => project.remove())

    test('a reading, said to be simulated, exit 0', async () => {
      const { code, stdout, stderr } = await runOnce()
      expect(code, stdout + stderr).toBe(0)
      const { reading, outcome } = await store.readSource('aranet4')
      expect({ outcome, simulated: reading?.simulated }).toEqual({ outcome: 'ok', simulated: true })
      const devices = (reading?.data.devices ?? []) as { name: string; co2Ppm: number | null }[]
      expect(devices[0]).toMatchObject({ name: 'Bedroom' })
      expect(devices[0]?.co2Ppm).toBeGreaterThan(300)
    })

    test.each([
      ['no-adapter', 'missing-hardware'],
      ['no-privilege', 'refused'],
      ['no-bluetooth', 'misconfigured'],
    ])('%s: %s beside the last good reading, exit 1', async (fault, kind) => {
      const before = await store.readSource('aranet4')
      const { code, stdout, stderr } = await runOnce(fault)
      const after = await store.readSource('aranet4')
      expect({ code, kind: after.failure?.kind }, stdout + stderr).toEqual({ code: 1, kind })
      expect(after.failure?.hint).toBeTruthy()
      expect(after.reading).toEqual(before.reading)
      expect(after.reading).not.toBeNull()
    })
  },
)
