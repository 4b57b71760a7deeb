// Stands in for rpicam-vid: knows the options that the real one has (rpicam-apps 1.5) and refuses others, as it does. It
// writes H.264 that FFmpeg makes from a test picture, at the pace of a camera.
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const options = {
  timeout: { ...text, short: 't' },
  nopreview: { ...flag, short: 'n' },
  output: { ...text, short: 'o' },
  bitrate: { ...text, short: 'b' },
  intra: { ...text, short: 'g' },
  ...Object.fromEntries(
    [
      'width',
      'height',
      'framerate',
      'codec',
      'camera',
      'profile',
      'level',
      'mode',
      'rotation',
      'verbose',
    ].map((name) => [name, text]),
  ),
  inline: flag,
  flush: flag,
  hflip: flag,
  vflip: flag,
}

function refuse(message: string): never {
  process.stderr.write(`ERROR: *** ${message} ***\n`)
  process.exit(255)
}

interface Values {
  [name: string]: string | boolean | undefined
  camera?: string
  codec?: string
  output?: string
  inline?: boolean
  width?: string
  height?: string
  framerate?: string
  intra?: string
  bitrate?: string
}

let values: Values = {}
try {
  values = parseArgs({ options, strict: true }).values as Values
} catch (error) {
  const [, name = ''] = /'(-[^']*)'/.exec((error as Error).message) ?? []
  refuse(`unrecognised option '${name.split(' ')[0]}'`)
}
if (values.camera === '9') refuse('no cameras available')
if (values.codec !== 'h264') refuse(`unrecognised codec ${values.codec}`)
if (values.output !== '-') refuse('this stand-in writes to standard output alone')

const { width = '640', height = '480', framerate = '30', intra = '60', bitrate = '1000000' } = values
const picture = `testsrc2=size=${width}x${height}:rate=${framerate}`
// Without --inline the parameters come once, at the very start.
const headers = values.inline === true ? 'repeat-headers=1' : 'repeat-headers=0'
const child = spawn(
  'ffmpeg',
  [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', picture],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
    ...['-b:v', bitrate, '-g', intra, '-x264-params', headers, '-f', 'h264', '-'],
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
)
process.stderr.write('[0:00:00.000000000] [1]  INFO Camera camera_manager.cpp:297 libcamera v0.3.0\n')
child.once('exit', (code) => process.exit(code ?? 0))
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => child.kill(signal))
