import {
  historyLimits,
  keys,
  type Reading,
  type SourceId,
  type Stamp,
  seriesOf,
  seriesPaths,
  sourceContract,
} from '@tailboard/contracts'
import type { ChainableCommander, Redis } from 'ioredis'
import { type ChunkHead, chunkKey, chunkMs, packHead, packSample } from './history-chunk.ts'

/**
 * Appends a sample. With a new chunk those go that are older than a day by the clock of their boot; then, whatever the number of
 * sources, the oldest until all of them fit the share and their number. Written whole, as APPEND would reserve twice what it needs.
 */
const appendScript = `
local index, boots, chunk = KEYS[1], KEYS[2], KEYS[3]
local boot, zero, now, head, sample = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local reach, chunkMs, share, most = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local function dropOldest() redis.call('DEL', redis.call('LPOP', index)) end
local function bootAndHour(key) return string.match(key, ':([^:]+):(%d+):[^:]+$') end

redis.call('HSET', boots, boot, zero)
local held = redis.call('GET', chunk)
redis.call('SET', chunk, (held or head) .. sample)
if not held then
  redis.call('RPUSH', index, chunk)
  local oldest = redis.call('LINDEX', index, 0)
  while oldest do
    local of, hour = bootAndHour(oldest)
    local start = of and redis.call('HGET', boots, of)
    if start and tonumber(start) + (hour + 1) * chunkMs > now - reach then break end
    dropOldest()
    oldest = redis.call('LINDEX', index, 0)
  end
  for _ = most + 1, redis.call('LLEN', index) do dropOldest() end
  local living = { [boot] = true }
  for _, key in ipairs(redis.call('LRANGE', index, 0, -1)) do living[bootAndHour(key)] = true end
  for _, each in ipairs(redis.call('HKEYS', boots)) do
    if not living[each] then redis.call('HDEL', boots, each) end
  end
end

local used, costs = 0, {}
for at, key in ipairs(redis.call('LRANGE', index, 0, -1)) do
  costs[at] = redis.call('MEMORY', 'USAGE', key) or 0
  used = used + costs[at]
end
for _, cost in ipairs(costs) do
  if used <= share then break end
  dropOldest()
  used = used - cost
end
return used`

const giveUpScript = `
local oldest = redis.call('LPOP', KEYS[1])
if not oldest then return 0 end
redis.call('DEL', oldest)
return 1`

/** Adds what a reading says to the history, at the time at which it was measured. */
export function appendReading(multi: ChainableCommander, reading: Reading, intervalS: number): void {
  const { node, source, writtenAt, measuredAt, clock, simulated } = reading
  const series = seriesOf(sourceContract(source as SourceId).data, reading.data)
  const ageMs = Math.max(0, Date.parse(writtenAt) - Date.parse(measuredAt))
  if (series.length === 0 || ageMs > historyLimits.reachMs) return
  const stamp = { at: writtenAt, clock }
  const head = { simulated, intervalS, fields: series }
  append(multi, node, source, stamp, head, { ageMs, values: series.map(({ value }) => value) })
  // Told again, with other data around it: a forecast moves on beside the weather of an hour ago.
  if (ageMs > intervalS * 1000) appendConfirmation(multi, node, source as SourceId, stamp)
}

/** Adds that what was known still held at `stamp`: a success that measured nothing new is no gap. */
export function appendConfirmation(
  multi: ChainableCommander,
  node: string,
  source: SourceId,
  stamp: Stamp,
): void {
  if (seriesPaths(sourceContract(source).data).size === 0) return
  const head = { simulated: false, intervalS: 1, fields: [] }
  append(multi, node, source, stamp, head, { ageMs: 0, values: [] })
}

function append(
  multi: ChainableCommander,
  node: string,
  source: string,
  { at, clock }: Stamp,
  of: ChunkHead,
  sample: { ageMs: number; values: (number | null)[] },
): void {
  const head = packHead(of)
  const now = Date.parse(at)
  multi.eval(
    appendScript,
    3,
    keys.historyChunks,
    keys.historyBoots,
    chunkKey(node, source, clock, head),
    clock.boot,
    now - clock.ms,
    now,
    head,
    packSample((clock.ms % chunkMs) - sample.ageMs, sample.values),
    historyLimits.reachMs,
    chunkMs,
    historyLimits.shareBytes,
    historyLimits.mostChunks,
  )
}

/** Gives the oldest chunk up; false when there is none. */
export async function giveUpHistory(redis: Redis): Promise<boolean> {
  return (await redis.eval(giveUpScript, 1, keys.historyChunks)) === 1
}
