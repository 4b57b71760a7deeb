import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { commandsOf, type StreamOptions } from './ffmpeg-args.ts'
import { parseInput } from './input.ts'
import { plansOf } from './plan.ts'
import { parseFormats } from './probe.ts'
import { noFacts, readProgressLine, readStreamLine } from './progress.ts'

const run = promisify(execFile)
const picture = { width: 640, height: 480, framesPerSecond: 15, bitrateKbps: 1000 }
const base: StreamOptions = {
  input: { kind: 'test' },
  encoder: 'libx264',
  inputFormat: null,
  picture,
  folder: '/hls',
  prefix: 'ab',
  startNumber: 7,
}
const after = (args: string[], name: string) =>
  args.flatMap((each, i) => (each === name ? [args[i + 1]] : []))

test('protocols are named for input and output, and no more than are needed', () => {
  const lists = (input: StreamOptions['input']) =>
    after(commandsOf({ ...base, input }).ffmpeg, '-protocol_whitelist')
  expect(lists({ kind: 'test' })).toEqual(['', 'file'])
  expect(lists({ kind: 'v4l2', path: '/dev/video0' })).toEqual(['', 'file'])
  expect(lists({ kind: 'libcamera' })).toEqual(['pipe', 'file'])
  expect(lists({ kind: 'rtsp', url: 'rtsp://a/b' })).toEqual(['tcp', 'file'])
  expect(lists({ kind: 'rtsp', url: 'rtsps://a/b' })).toEqual(['tcp,tls', 'file'])
})

test('an address that is no camera is not opened', async () => {
  const args = ['-protocol_whitelist', 'tcp', '-i', 'file:/etc/passwd', '-f', 'null', '-']
  await expect(run('ffmpeg', args)).rejects.toThrow(/not on whitelist/i)
})

test('the stand-in knows every option that rpicam-vid is given, and refuses another as the real one does', async () => {
  const script = join(import.meta.dirname, '../testing/rpicam-vid.ts')
  const given = commandsOf({ ...base, input: { kind: 'libcamera' }, encoder: 'copy' }).rpicam ?? []
  expect(given).toContain('--inline')
  const nobody = [script, ...given, '--camera', '9']
  await expect(run(process.execPath, nobody)).rejects.toThrow(/no cameras available/)
  const unknown = run(process.execPath, [script, ...given, '--segment-size', '5'])
  await expect(unknown).rejects.toThrow(/unrecognised option '--segment-size'/)
})

test.each([
  ['test', { kind: 'test' }],
  ['libcamera', { kind: 'libcamera' }],
  ['v4l2:/dev/v4l/by-id/usb-x', { kind: 'v4l2', path: '/dev/v4l/by-id/usb-x' }],
  ['rtsp://me:p@h:554/x', { kind: 'rtsp', url: 'rtsp://me:p@h:554/x' }],
])('%s', (value, input) => expect(parseInput(value)).toEqual(input))

const usb = { kind: 'v4l2', path: '/dev/video0' } as const
const none = 'This machine has no encoder (/dev/video11)'

test('H.264 is copied where the camera gives it, the Pi’s encoder comes next, the processor last', () => {
  const names = (formats: string[], noHardware: string | null) =>
    plansOf(usb, picture, { formats, noHardware }).map(
      ({ encoder, inputFormat }) => `${encoder} ${inputFormat}`,
    )
  expect(names(['yuyv422', 'mjpeg', 'h264'], null)).toEqual(['copy h264'])
  expect(names(['yuyv422', 'mjpeg'], null)).toEqual(['h264_v4l2m2m mjpeg', 'libx264 mjpeg'])
  expect(names(['yuyv422'], none)).toEqual(['libx264 null'])
  expect(plansOf({ kind: 'rtsp', url: '' }, picture, { formats: [], noHardware: none })[0]?.encoder).toBe(
    'copy',
  )
})

test('a picture that the processor can’t carry is refused with the reason, unless something else carries it', () => {
  const large = { ...picture, width: 1280, height: 720, framesPerSecond: 25 }
  expect(() => plansOf(usb, large, { formats: ['mjpeg'], noHardware: none })).toThrow(
    '1280 × 720 at 25 pictures a second is more than a Pi’s processor can encode, and this machine has no encoder',
  )
  expect(plansOf(usb, large, { formats: ['mjpeg'], noHardware: null })).toHaveLength(1)
  expect(plansOf(usb, large, { formats: ['h264'], noHardware: none })).toHaveLength(1)
})

test('what FFmpeg lists of a device', () => {
  const text = `[video4linux2,v4l2 @ 0x55d] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 320x240
[video4linux2,v4l2 @ 0x55d] Compressed:       mjpeg :          Motion-JPEG : 640x480 1280x720
[video4linux2,v4l2 @ 0x55d] Compressed:        h264 :                H.264 : 1920x1080
/dev/video0: Immediate exit requested`
  expect(parseFormats(text)).toEqual(['yuyv422', 'mjpeg', 'h264'])
})

test('what FFmpeg tells of a stream', () => {
  const line =
    '  Stream #0:0: Video: h264 (Constrained Baseline), yuv420p(tv, bt709, progressive), 640x480 [SAR 1:1 DAR 4:3], 15 fps, 15 tbr'
  expect(readStreamLine(line, noFacts)).toMatchObject({ codec: 'h264', width: 640, height: 480 })
  expect(readProgressLine('fps=14.98', noFacts).framesPerSecond).toBe(14.98)
  expect(readProgressLine('fps=0.00', noFacts).framesPerSecond).toBeNull()
})
