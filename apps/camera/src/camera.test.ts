import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cameraData } from '@tailboard/contracts/sources/camera'
import * as v from 'valibot'
import { test as anywhere, expect, vi } from 'vitest'
import { CameraBench, pidsOf } from '../testing/camera-bench.ts'
import { lacksFfmpeg } from '../testing/lacks-ffmpeg.ts'
import { parsePlaylist } from './hls-folder.ts'

const test = anywhere.skipIf(lacksFfmpeg)
const until = (claim: () => unknown) => vi.waitFor(claim, { timeout: 30_000, interval: 50 })

test('the test picture as a playlist of short segments, in a folder that is clean before and empty after', async () => {
  await using bench = await CameraBench.make()
  await writeFile(join(bench.folder, 'old-1.ts'), 'of a run that was killed')
  await writeFile(join(bench.folder, 'live.m3u8'), '#EXTM3U\n#EXTINF:1,\nold-1.ts\n')
  bench.start()
  await until(async () => expect(bench.phases).toEqual(['starting', 'live']))
  await until(async () => expect(parsePlaylist(await bench.playlist()).names.length).toBeGreaterThan(3))
  const text = await bench.playlist()
  const { names, durations, first } = parsePlaylist(text)
  expect(Math.max(...durations)).toBeLessThanOrEqual(1)
  expect(text).not.toContain('#EXT-X-ENDLIST')
  expect(text).toContain('#EXT-X-INDEPENDENT-SEGMENTS')
  expect(first).toBeGreaterThan(1_700_000_000)
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{10}-\d+\.ts$/)
  expect(await bench.files()).not.toContain('old-1.ts')
  const said = v.parse(cameraData, bench.camera.state)
  expect(said).toMatchObject({ input: 'test', encoder: 'libx264', width: 320, height: 240 })
  expect(said.encoderReason).toContain('the processor does it')
  bench.stop.abort()
  expect(await bench.ended).toBeNull()
  expect(bench.phases.at(-1)).toBe('off')
  expect(await bench.files()).toEqual([])
  expect(await pidsOf(bench.folder)).toEqual([])
})

test('names never come again, and numbers grow, from one run to the next', async () => {
  const seen: { names: string[]; first: number }[] = []
  for (let run = 0; run < 2; run++) {
    await using bench = await CameraBench.make()
    bench.start()
    await until(async () => expect(parsePlaylist(await bench.playlist()).names.length).toBeGreaterThan(1))
    seen.push(parsePlaylist(await bench.playlist()))
  }
  const [a, b] = seen
  expect(a?.names.filter((name) => b?.names.includes(name))).toEqual([])
  expect(b?.first).toBeGreaterThan(a?.first ?? Infinity)
})

test('FFmpeg that is killed is a failure, and leaves an empty folder', async () => {
  await using bench = await CameraBench.make()
  bench.start()
  await until(() => expect(bench.phases).toContain('live'))
  for (const pid of await pidsOf(bench.folder)) process.kill(pid, 'SIGKILL')
  expect(await bench.ended).toMatchObject({ name: 'TailboardError', kind: 'crashed' })
  expect(await bench.files()).toEqual([])
})

test('FFmpeg that hangs is first a stalled picture and then a failure', async () => {
  await using bench = await CameraBench.make()
  bench.start()
  await until(() => expect(bench.phases).toContain('live'))
  for (const pid of await pidsOf(bench.folder)) process.kill(pid, 'SIGSTOP')
  expect(await bench.ended).toMatchObject({ kind: 'timeout' })
  expect(bench.phases).toEqual(['starting', 'live', 'stalled'])
  expect(await pidsOf(bench.folder)).toEqual([])
})

test('a picture that goes on after it had stalled is live again', async () => {
  await using bench = await CameraBench.make({ limits: { firstMs: 30_000, stalledMs: 500, deadMs: 60_000 } })
  bench.start()
  await until(() => expect(bench.phases).toContain('live'))
  const pids = await pidsOf(bench.folder)
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  await until(() => expect(bench.phases.at(-1)).toBe('stalled'))
  for (const pid of pids) process.kill(pid, 'SIGCONT')
  await until(() => expect(bench.phases.at(-1)).toBe('live'))
})

test('an encoder that can be opened and does not work gives way to the processor', async () => {
  // A file that may be read and written passes for the device; FFmpeg itself then finds no encoder.
  await using bench = await CameraBench.make({ encoderDevice: '/dev/null' })
  bench.start()
  await until(() => expect(bench.phases).toContain('live'))
  expect(bench.said.map(({ encoder }) => encoder)).toContain('h264_v4l2m2m')
  expect(bench.camera.state).toMatchObject({
    encoder: 'libx264',
    encoderReason:
      'The test picture comes unpacked, and the Pi’s encoder did not take it: the processor does it',
  })
})

test.each([
  [{ kind: 'v4l2', path: '/dev/video97' }, 'missing-hardware', 'The camera is not there'],
  [{ kind: 'v4l2', path: '/dev/null' }, 'misconfigured', 'This device is no camera'],
  [
    { kind: 'rtsp', url: 'rtsp://me:pass@127.0.0.1:9/x' },
    'unreachable',
    'Nothing answers at the camera’s address',
  ],
  [{ kind: 'rtsp', url: 'rtsp://camera.invalid/x' }, 'unresolved', 'The camera’s name has no address'],
  [{ kind: 'libcamera' }, 'misconfigured', 'rpicam-vid-of-nobody is not installed here'],
] as const)('%j: %s, with a hint', async (input, kind, message) => {
  await using bench = await CameraBench.make({ input })
  bench.start()
  const error = await bench.ended
  expect(error).toMatchObject({ name: 'TailboardError', kind, message })
  expect((error as unknown as { hint: string }).hint).toMatch(/\S/)
  expect(await bench.files()).toEqual([])
})

test('the Pi’s own camera: what rpicam-vid writes is copied, and both end together', async () => {
  await using bench = await CameraBench.make({ input: { kind: 'libcamera' } })
  await bench.standIn()
  bench.start()
  await until(() => expect(bench.phases).toContain('live'))
  await until(async () => expect(parsePlaylist(await bench.playlist()).names.length).toBeGreaterThan(2))
  expect(bench.camera.state).toMatchObject({ encoder: 'copy', width: 320, height: 240 })
  expect(bench.camera.state.segmentS).toBeLessThanOrEqual(1)
  bench.stop.abort()
  expect(await bench.ended).toBeNull()
  expect(await bench.files()).toEqual([])
})

test('without FFmpeg it says so', async () => {
  await using bench = await CameraBench.make({ programs: { ffmpeg: '/nowhere/ffmpeg', rpicam: '' } })
  expect(await bench.start().ended).toMatchObject({
    kind: 'misconfigured',
    message: 'ffmpeg is not installed here',
  })
})

test('a folder that is not there is said, with what to look at', async () => {
  await using bench = await CameraBench.make({ folder: '/nowhere/hls' })
  expect(await bench.start().ended).toMatchObject({
    kind: 'misconfigured',
    message: expect.stringContaining('ENOENT'),
  })
})
