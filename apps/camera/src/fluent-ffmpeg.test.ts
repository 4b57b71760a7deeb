import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fluent from 'fluent-ffmpeg'
import { afterAll, beforeAll, expect, test } from 'vitest'

// Why FFmpeg is started by child_process: docs/adr/0013-ffmpeg-by-child-process.md. These tests fail when fluent-ffmpeg
// learns to do it.

/** What FFmpeg 7.1 (Debian trixie, which our image has) prints for `-formats`: device formats carry a `d`. */
const formatsOf7 = `Formats:
 D.. = Demuxing supported
 .E. = Muxing supported
 ..d = Is a device
 ---
  E  hls             Apple HTTP Live Streaming
 D   h264            raw H.264 video
 D d lavfi           Libavfilter virtual input device
 D   rtsp            RTSP input
 DEd video4linux2,v4l2 Video4Linux2 output device
`
let folder = ''
let ffmpeg = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailboard-fluent-'))
  ffmpeg = join(folder, 'ffmpeg')
  await writeFile(join(folder, 'formats'), formatsOf7)
  // Notes each call, and answers like 7.1; a stream would go on for ever.
  const script = `#!/bin/sh\necho "$*" >> ${folder}/calls\ncase "$1" in -formats) cat ${folder}/formats;; -encoders) echo ' V..... libx264 x';; -version) echo 'ffmpeg version 7.1';; *) exec sleep 60;; esac\n`
  await writeFile(ffmpeg, script)
  await chmod(ffmpeg, 0o755)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function failureOf(input: string, format: string): Promise<string> {
  return new Promise((resolve) => {
    const command = fluent(input)
      .setFfmpegPath(ffmpeg)
      .inputFormat(format)
      .format('hls')
      .output(join(folder, 'x.m3u8'))
    command.on('start', () => {
      command.kill('SIGKILL')
      resolve('it started')
    })
    command.on('error', (error: Error) => resolve(error.message))
    command.run()
  })
}

test.each([
  ['/dev/video0', 'v4l2'],
  ['testsrc2', 'lavfi'],
])('refuses %s: a device format of FFmpeg 7 is unknown to it', async (input, format) => {
  expect(await failureOf(input, format)).toBe(`Input format ${format} is not available`)
})
