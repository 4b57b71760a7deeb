import { keys } from '@tailboard/contracts'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { node, systemOf, TestGateway, until } from './testing/test-gateway.ts'

const time = new FakeTime()
const it = new TestGateway({ time })
beforeAll(() => it.start())
afterAll(() => it[Symbol.asyncDispose]())

const metrics = async () => (await it.get('/metrics')).body.split('\n')
const publish = async (reading: ReturnType<TestGateway['reading']>) => {
  await it.store.publishReading(reading, null)
  await until(() => it.gateway.model().sources.system.reading?.writtenAt === reading.writtenAt)
}

test('every latest number is there, with its unit', async () => {
  await publish(it.reading())
  const lines = await metrics()
  expect(lines).toContain('tailboard_system_cpu_used_percent{node="kitchen",source="system"} 12.5')
  expect(lines).toContain('tailboard_system_cpu_per_core_percent{node="kitchen",source="system",key="1"} 20')
  expect(lines).toContain(
    'tailboard_system_network_received_bytes_per_s{node="kitchen",source="system",key="wlan0"} 1000',
  )
  expect(lines).toContain('tailboard_system_power_now_is_throttled{node="kitchen",source="system"} 0')
  expect(lines).toContain('# HELP tailboard_system_cpu_temperature_c Processor temperature (°C)')
  expect(lines).toContain('tailboard_source_state{node="kitchen",source="system",state="ok"} 1')
  expect(lines).toContain('tailboard_gateway_redis_up 1')
  expect((await it.get('/metrics')).headers['content-type']).toContain('text/plain; version=0.0.4')
})

test('the text is of the format: one HELP and TYPE a family, samples together, no sample twice', async () => {
  const lines = (await metrics()).filter((line) => line !== '')
  let family = ''
  const families: string[] = []
  for (const line of lines) {
    const head = /^# (HELP|TYPE) (\S+)/.exec(line)
    if (head?.[1] === 'HELP') families.push(head[2] ?? '')
    if (head !== null) {
      family = head[2] ?? ''
      continue
    }
    expect(line).toMatch(/^[a-z_][a-z0-9_]*(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})? -?[0-9.e+-]+$/)
    expect(line.split(/[{ ]/)[0]).toBe(family)
  }
  expect(new Set(families).size).toBe(families.length)
  const samples = lines.filter((line) => !line.startsWith('#')).map((line) => line.replace(/ \S+$/, ''))
  expect(new Set(samples).size).toBe(samples.length)
})

test('a hostile name can’t break out of its label', async () => {
  time.advance(1_000)
  await publish(
    it.reading((data) => {
      for (const net of data.network) net.name = 'a"} 1\nevil 2\\\u001b[31m\u202e'
    }),
  )
  const lines = await metrics()
  expect(lines.some((line) => line.startsWith('evil'))).toBe(false)
  expect(lines.some((line) => line.includes('key="a\\"} 1 evil 2\\\\[31m"'))).toBe(true)
})

test('a simulated reading says so', async () => {
  time.advance(1_000)
  await publish({ ...it.reading(), simulated: true })
  expect(await metrics()).toContain(
    'tailboard_system_cpu_used_percent{node="kitchen",source="system",simulated="true"} 12.5',
  )
})

test('a stale reading is no metric any more, only its age is', async () => {
  time.advance(1_000)
  await publish(it.reading())
  time.jump(-2 * 3_600_000)
  expect((await metrics()).some((line) => line.startsWith('tailboard_system_'))).toBe(true)
  time.advance(121_000)
  const lines = await metrics()
  expect(lines.some((line) => line.startsWith('tailboard_system_'))).toBe(false)
  expect(lines).toContain('tailboard_reading_age_seconds{node="kitchen",source="system"} 121')
  expect(lines).toContain('tailboard_source_state{node="kitchen",source="system",state="stale"} 1')
  const answer = (await it.get('/api/sources')).json()
  expect(systemOf(answer)).toMatchObject({ state: 'stale', isStale: true, readingAgeS: 121 })
})

test('what a source writes beside its contract is no metric', async () => {
  expect(await it.redis.hexists(keys.source(node, 'system'), 'reading')).toBe(1)
  time.advance(1_000)
  await publish(it.reading((data) => Object.assign(data, { extra: 5, __proto__x: 6 })))
  expect((await metrics()).some((line) => /extra|proto/.test(line))).toBe(false)
})
