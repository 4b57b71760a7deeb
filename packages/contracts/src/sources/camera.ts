import * as v from 'valibot'
import { amount, field } from '../field.ts'
import { defineSource } from '../source.ts'
import { text } from '../text.ts'
import { isoTime } from '../time.ts'
import type { Variable, Variables } from '../variable.ts'

/** Where the picture comes from. What exactly is opened (a device, an address) stands in no reading. */
export const cameraInputs = ['v4l2', 'rtsp', 'libcamera', 'test'] as const
export type CameraInputKind = (typeof cameraInputs)[number]

/** `copy`: the camera gives H.264 itself. `h264_v4l2m2m`: the Pi's own encoder. `libx264`: its processor. */
export const cameraEncoders = ['copy', 'h264_v4l2m2m', 'libx264'] as const
export type CameraEncoder = (typeof cameraEncoders)[number]

/**
 * What the running camera says of itself. `starting`: no picture yet. `live`: segments come. `stalled`: the newest segment
 * is too old. `off`: it has ended as it was asked to, and its folder is empty.
 */
export const cameraPhases = ['starting', 'live', 'stalled', 'off'] as const
export type CameraPhase = (typeof cameraPhases)[number]

/** The playlist's name in the folder of segments. */
export const cameraPlaylist = 'live.m3u8'

/** What a Pi 3B can carry. The hardware encoder ends at 1080p30; `softwarePixelsPerS` is 640 × 480 at 15 a second. */
export const cameraLimits = {
  width: 1920,
  height: 1080,
  framesPerSecond: 30,
  bitrateKbps: 8_000,
  softwarePixelsPerS: 640 * 480 * 15,
} as const

/** The gateway's too: it serves from there what the camera writes. */
export const hlsDir = {
  schema: v.pipe(v.string(), v.regex(/^\/[^\0]{1,200}$/, 'must be the path of a folder')),
  default: '/hls',
  description: 'The folder that the camera writes its segments to, and the gateway reads them from.',
} as const satisfies Variable

const whole = (least: number, most: number, unit: string) =>
  v.pipe(
    v.number(`must be a number of ${unit}`),
    v.integer(`must be a whole number of ${unit}`),
    v.minValue(least, `must be ${least} ${unit} or more`),
    v.maxValue(most, `must be ${most} ${unit} or less: a Pi 3B can’t carry more`),
  )

const even = <S extends v.GenericSchema<number, number>>(schema: S) =>
  v.pipe(
    schema,
    v.check((value: number) => value % 2 === 0, 'must be an even number'),
  )

/** One run of the camera, as it says itself. */
export const cameraData = v.object({
  phase: field(v.picklist(cameraPhases), { label: 'Camera' }),
  /** Since when it is in this phase. */
  since: field(isoTime, { label: 'Since' }),
  input: field(v.picklist(cameraInputs), { label: 'Input' }),
  /** Null until it is chosen. */
  encoder: field(v.nullable(v.picklist(cameraEncoders)), { label: 'Encoder' }),
  /** Why this encoder, in words. */
  encoderReason: v.nullable(text(300)),
  /** As the stream has it, which may not be as the settings ask. Null until the first picture, or not told. */
  width: field(v.nullable(amount), { label: 'Width', unit: 'px' }),
  height: field(v.nullable(amount), { label: 'Height', unit: 'px' }),
  framesPerSecond: field(v.nullable(amount), { label: 'Pictures a second' }),
  /** Of the newest segments. */
  bitrateKbps: field(v.nullable(amount), { label: 'Bit rate', unit: 'kbit/s' }),
  /** The longest segment so far: what a viewer lags behind is about three of them. */
  segmentS: field(v.nullable(amount), { label: 'Length of a segment', unit: 's' }),
})
export type CameraData = v.InferOutput<typeof cameraData>

const variables = {
  CAMERA_INPUT: {
    schema: v.pipe(
      v.string(),
      v.regex(
        /^(test|libcamera|v4l2:\/dev\/[\w./-]{1,100}|rtsps?:\/\/[^\s"'\\]{1,500})$/,
        'must be v4l2:/dev/…, rtsp://…, libcamera or test',
      ),
    ),
    default: 'v4l2:/dev/video0',
    description:
      'The camera: v4l2:/dev/video0 (a USB camera), rtsp://NAME:PASSWORD@ADDRESS/PATH (one on the network), libcamera (the Pi’s own), or test (a test picture).',
    group: 'Camera',
    secret: true,
  },
  HLS_DIR: hlsDir,
} as const satisfies Variables
export type CameraVariables = typeof variables

export const camera = defineSource({
  id: 'camera',
  title: 'Camera',
  description: 'A live picture that is made only while someone looks.',
  life: 'demand',
  schema: 1,
  data: cameraData,
  /** The interval is how often it says its state while it runs, the time limit how long a first picture may take. */
  defaults: { enabled: true, intervalSeconds: 30, timeoutSeconds: 20 },
  settings: {
    width: field(v.optional(even(whole(160, cameraLimits.width, 'pixels')), 640), {
      label: 'Width',
      unit: 'px',
      description: `160 to ${cameraLimits.width}. Without a camera or encoder that makes H.264 itself: 640 × 480 at 15 pictures a second is the most.`,
    }),
    height: field(v.optional(even(whole(120, cameraLimits.height, 'pixels')), 480), {
      label: 'Height',
      unit: 'px',
      description: `120 to ${cameraLimits.height}.`,
    }),
    framesPerSecond: field(v.optional(whole(1, cameraLimits.framesPerSecond, 'pictures'), 15), {
      label: 'Pictures a second',
      description: `1 to ${cameraLimits.framesPerSecond}.`,
    }),
    bitrateKbps: field(v.optional(whole(100, cameraLimits.bitrateKbps, 'kbit/s'), 1_000), {
      label: 'Bit rate',
      unit: 'kbit/s',
      description: `100 to ${cameraLimits.bitrateKbps}. A camera that is copied decides on its own.`,
    }),
    keepStill: field(v.optional(v.boolean(), false), {
      label: 'Keep the last picture',
      description:
        'In the browser that showed it, and nowhere else; it is dropped there when this is switched off.',
    }),
  },
  commands: {},
  variables,
  givesBack: false,
})
