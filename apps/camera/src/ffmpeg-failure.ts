import { type ErrorKind, TailboardError } from '@tailboard/contracts'
import type { CameraInput } from './input.ts'

type Known = [pattern: RegExp, kind: ErrorKind, message: string, hint: string]

const anywhere: Known[] = [
  [
    /Unrecognized option|Unknown encoder|Unknown input format|Option .* not found/i,
    'misconfigured',
    'This FFmpeg can’t do what the camera needs',
    'Build the image anew: docker compose build source-camera',
  ],
  [
    /No space left on device/i,
    'refused',
    'The folder of segments is full',
    'Lower sources.camera.bitrateKbps in config/tailboard.yaml',
  ],
]

const device: Known[] = [
  [
    /No such file or directory|No such device/i,
    'missing-hardware',
    'The camera is not there',
    'Plug it in, and look for it with: v4l2-ctl --list-devices. Another one is named as CAMERA_INPUT in .env.',
  ],
  [
    /Device or resource busy/i,
    'refused',
    'Another program uses the camera',
    'Find it with: sudo fuser -v /dev/video0',
  ],
  [
    /Permission denied|Operation not permitted/i,
    'refused',
    'The camera may not be opened',
    'The device belongs to the group video (44): look with: ls -l /dev/video0',
  ],
  [
    /Inappropriate ioctl|Not a video capture device|does not support/i,
    'misconfigured',
    'This device is no camera',
    'Find the camera with: v4l2-ctl --list-devices, and name it as CAMERA_INPUT in .env',
  ],
]

const network: Known[] = [
  [
    /401 Unauthorized|403 Forbidden/i,
    'refused',
    'The camera does not accept the name or password',
    'They stand in CAMERA_INPUT in .env: rtsp://NAME:PASSWORD@ADDRESS/PATH. A character like @ or / in them is written as %40 or %2F.',
  ],
  [
    /404 (Stream )?Not Found|method DESCRIBE failed/i,
    'misconfigured',
    'The camera has no such stream',
    'Its manual names the path that belongs into CAMERA_INPUT in .env',
  ],
  [
    /resolve hostname|Name or service not known/i,
    'unresolved',
    'The camera’s name has no address',
    'Give its address in CAMERA_INPUT in .env',
  ],
  [
    /timed out/i,
    'timeout',
    'The camera did not answer in time',
    'Is it switched on, and in the same network?',
  ],
  [
    /Connection refused|No route to host|Network is unreachable|Connection reset/i,
    'unreachable',
    'Nothing answers at the camera’s address',
    'Is it switched on? Its RTSP port is 554, or another one in its settings.',
  ],
]

const libcamera: Known[] = [
  [
    /no cameras available|Failed to (open|acquire) camera/i,
    'missing-hardware',
    'The Pi’s camera was not found',
    'Look for it with: rpicam-hello --list-cameras. Is its ribbon cable in the right way round?',
  ],
]

/** Why FFmpeg (or what feeds it) ended, from its last lines. Addresses in them are the redactor's to hide. */
export function failureOf(
  input: CameraInput,
  lines: readonly string[],
  exitCode: number | null,
): TailboardError {
  const text = lines.join('\n')
  const own = { v4l2: device, rtsp: network, libcamera, test: [] }[input.kind]
  for (const [pattern, kind, message, hint] of [...own, ...anywhere]) {
    if (pattern.test(text)) return new TailboardError(kind, message, { hint })
  }
  const last = lines.findLast((line) => line.trim() !== '')
  const code = exitCode === null ? '' : ` (exit code ${exitCode})`
  const message = `FFmpeg ended${code}${last === undefined ? '' : `: ${last}`}`
  return new TailboardError('crashed', message, {
    hint: 'The log says more: docker compose logs source-camera',
  })
}

/** Whether it was the encoder that failed, so that another one may do better. */
export function isEncoderFault(lines: readonly string[]): boolean {
  return /Could not find a valid device|can't configure encoder|Error while opening encoder|Error (initializing|sending|submitting).*(encoder|output)/i.test(
    lines.join('\n'),
  )
}
