import type Docker from 'dockerode'
import { expect, test } from 'vitest'
import { changedNames, memoryUsed, serviceOf } from './status.ts'

test('memory counts as docker stats does: without the page cache that can be dropped', () => {
  expect(memoryUsed({ memory_stats: { usage: 1000, stats: { inactive_file: 300 } } })).toBe(700)
  expect(memoryUsed({ memory_stats: { usage: 1000, stats: { total_inactive_file: 200 } } })).toBe(800)
  expect(memoryUsed({ memory_stats: { usage: 1000 } })).toBe(1000)
})

test('where the memory cgroup is off, memory is unknown and not zero', () => {
  expect(memoryUsed({ memory_stats: {} })).toBeNull()
  expect(memoryUsed({})).toBeNull()
})

test('a variable is changed when the files give another value, or one that the container lacks', () => {
  const actual = ['LOG_LEVEL=info', 'EMPTY=', 'PATH=/usr/bin', 'EQUALS=a=b']
  const wanted = (values: Record<string, string>) => new Map(Object.entries(values))
  expect(changedNames(actual, wanted({ LOG_LEVEL: 'info', EMPTY: '', EQUALS: 'a=b' }))).toEqual([])
  expect(changedNames(actual, wanted({ LOG_LEVEL: 'debug', EMPTY: 'x', NEW: '1' }))).toEqual([
    'LOG_LEVEL',
    'EMPTY',
    'NEW',
  ])
  expect(changedNames(null, wanted({ NEW: '1' }))).toEqual(['NEW'])
})

const inspect = (change: object) =>
  ({
    Config: { Image: 'registry:5000/tailboard/system:1.2.3' },
    HostConfig: { Memory: 50_331_648 },
    RestartCount: 2,
    State: { Status: 'running', Running: true, StartedAt: new Date(Date.now() - 60_000).toISOString() },
    ...change,
  }) as Docker.ContainerInspectInfo

test('a service that runs tells its version, age, limit and restarts', () => {
  const service = serviceOf('source-system', inspect({}), 1000)
  expect(service).toMatchObject({
    service: 'source-system',
    state: 'running',
    version: '1.2.3',
    memoryBytes: 1000,
    memoryLimitBytes: 50_331_648,
    restarts: 2,
  })
  expect(service.upSinceS).toBeGreaterThanOrEqual(60)
})

test('a service that runs but is not healthy says so; an image without a tag has no version', () => {
  const State = {
    Status: 'running',
    Running: true,
    StartedAt: '2999-01-01T00:00:00Z',
    Health: { Status: 'unhealthy' },
  }
  const service = serviceOf(
    'redis',
    inspect({ State, Config: { Image: 'registry:5000/redis' }, HostConfig: {} }),
    null,
  )
  expect(service).toMatchObject({ state: 'unhealthy', version: null, memoryLimitBytes: null, upSinceS: 0 })
})
