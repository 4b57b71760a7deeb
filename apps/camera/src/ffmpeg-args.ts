import { join } from 'node:path'
import { type CameraEncoder, cameraPlaylist } from '@tailboard/contracts/sources/camera'
import type { CameraInput } from './input.ts'
import type { Picture } from './settings.ts'

/** Key frames this often (s), and with them the places where a segment may end: the first picture is there so early. */
const keyFrameS = 0.5
/** The first segments are as short as key frames allow, the others this long (s). */
export const segmentS = 1
const listed = 6

/** The commands of one stream: FFmpeg, and the program that feeds it where FFmpeg can't open the camera itself. */
export interface Commands {
  ffmpeg: string[]
  rpicam: string[] | null
}

export interface StreamOptions {
  input: CameraInput
  encoder: CameraEncoder
  /** Of a V4L2 device: the format that it is asked for. */
  inputFormat: string | null
  picture: Picture
  folder: string
  /** Stands before each segment's number, new for each start, so that no name ever comes again. */
  prefix: string
  startNumber: number
}

/** What a stream runs. Protocols are named one by one: nothing in a playlist or an address opens anything else. */
export function commandsOf(options: StreamOptions): Commands {
  const { input } = options
  return {
    ffmpeg: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'info'],
      ...['-progress', 'pipe:1', '-stats_period', '2'],
      ...inputArgs(options),
      ...['-map', '0:v:0', '-an', '-sn', '-dn'],
      ...encoderArgs(options),
      ...outputArgs(options),
    ],
    rpicam: input.kind === 'libcamera' ? rpicamArgs(options.picture) : null,
  }
}

function inputArgs({ input, inputFormat, picture }: StreamOptions): string[] {
  const { width, height, framesPerSecond } = picture
  const size = `${width}x${height}`
  switch (input.kind) {
    case 'test': {
      const source = `testsrc2=size=${size}:rate=${framesPerSecond}`
      return ['-protocol_whitelist', '', '-re', '-f', 'lavfi', '-i', source]
    }
    case 'v4l2': {
      const format = inputFormat === null ? [] : ['-input_format', inputFormat]
      const asked = ['-video_size', size, '-framerate', String(framesPerSecond)]
      return ['-protocol_whitelist', '', '-f', 'v4l2', ...format, ...asked, '-i', input.path]
    }
    case 'rtsp': {
      const protocols = input.url.startsWith('rtsps:') ? 'tcp,tls' : 'tcp'
      // A camera that says nothing for five seconds is gone.
      const limits = ['-rtsp_transport', 'tcp', '-timeout', '5000000', '-analyzeduration', '2000000']
      return ['-protocol_whitelist', protocols, ...limits, '-i', input.url]
    }
    case 'libcamera': {
      // Its headers come with the first picture: looking for more would only cost time.
      const format = ['-f', 'h264', '-r', String(framesPerSecond)]
      return [
        '-protocol_whitelist',
        'pipe',
        ...format,
        '-probesize',
        '32768',
        '-analyzeduration',
        '100000',
        '-i',
        'pipe:0',
      ]
    }
  }
}

function encoderArgs({ encoder, picture }: StreamOptions): string[] {
  const { width, height, framesPerSecond, bitrateKbps } = picture
  if (encoder === 'copy') return ['-c:v', 'copy']
  const frames = String(Math.max(1, Math.round(framesPerSecond * keyFrameS)))
  const keys = ['-g', frames, '-force_key_frames', `expr:gte(t,n_forced*${keyFrameS})`]
  const rate = ['-b:v', `${bitrateKbps}k`]
  // A camera gives what it can, and MJPEG comes in a range of colours that the Pi's encoder refuses.
  const shape = ['-vf', `scale=${width}:${height}`, '-pix_fmt', 'yuv420p']
  if (encoder === 'h264_v4l2m2m') {
    return ['-c:v', encoder, ...rate, ...keys, ...shape, '-num_capture_buffers', '16']
  }
  const speed = ['-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline']
  const bound = ['-maxrate', `${bitrateKbps}k`, '-bufsize', `${bitrateKbps}k`]
  return ['-c:v', encoder, ...speed, ...rate, ...bound, ...keys, '-sc_threshold', '0', ...shape]
}

function outputArgs({ folder, prefix, startNumber }: StreamOptions): string[] {
  const flags = [
    'delete_segments',
    'temp_file',
    'independent_segments',
    'program_date_time',
    'omit_endlist',
    'discont_start',
  ]
  return [
    ...['-protocol_whitelist', 'file', '-f', 'hls'],
    ...['-hls_time', String(segmentS), '-hls_init_time', String(keyFrameS)],
    ...['-hls_list_size', String(listed), '-hls_delete_threshold', '2'],
    ...['-hls_flags', flags.join('+'), '-start_number', String(startNumber)],
    ...['-hls_segment_type', 'mpegts', '-hls_segment_filename', join(folder, `${prefix}-%d.ts`)],
    join(folder, cameraPlaylist),
  ]
}

/** `--inline`: parameters with each key frame, or only viewers of the very first segment can decode. */
function rpicamArgs({ width, height, framesPerSecond, bitrateKbps }: Picture): string[] {
  const frames = String(Math.max(1, Math.round(framesPerSecond * keyFrameS)))
  return [
    ...['-t', '0', '-n', '--inline', '--codec', 'h264', '--flush'],
    ...['--width', String(width), '--height', String(height), '--framerate', String(framesPerSecond)],
    ...['--bitrate', String(bitrateKbps * 1000), '--intra', frames, '-o', '-'],
  ]
}
