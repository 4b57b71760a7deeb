import { TailboardError } from '@tailboard/contracts'
import { type CameraEncoder, cameraLimits } from '@tailboard/contracts/sources/camera'
import type { CameraInput } from './input.ts'
import { type Picture, pictureText } from './settings.ts'

/** One way to make the stream, and why it. */
export interface Plan {
  encoder: CameraEncoder
  reason: string
  inputFormat: string | null
}

/** What this machine and its camera were found to be able to do. */
export interface Abilities {
  /** The formats of a V4L2 device, by FFmpeg's names; empty where there is none to ask. */
  formats: readonly string[]
  /** Null: the Pi's encoder can be opened; else why it can't. */
  noHardware: string | null
}

/**
 * The ways to try, best first: H.264 as the camera gives it, then the Pi's encoder, the processor last.
 * @throws TailboardError `misconfigured` when the picture is larger than any way that is left can carry.
 */
export function plansOf(input: CameraInput, picture: Picture, { formats, noHardware }: Abilities): Plan[] {
  switch (input.kind) {
    case 'rtsp':
      return [{ encoder: 'copy', reason: 'A network camera gives H.264 itself', inputFormat: null }]
    case 'libcamera':
      return [
        { encoder: 'copy', reason: 'rpicam-vid makes H.264 with the Pi’s own encoder', inputFormat: null },
      ]
    case 'v4l2':
      if (formats.includes('h264')) {
        return [{ encoder: 'copy', reason: 'The camera gives H.264 itself', inputFormat: 'h264' }]
      }
  }
  // Unpacked pictures of this size would not fit through USB 2.
  const inputFormat = formats.includes('mjpeg') ? 'mjpeg' : null
  const given = input.kind === 'test' ? 'The test picture comes unpacked' : 'The camera gives no H.264'
  const plans: Plan[] = []
  if (noHardware === null) {
    plans.push({ encoder: 'h264_v4l2m2m', reason: `${given}; the Pi’s encoder takes it`, inputFormat })
  }
  const why = noHardware ?? 'The Pi’s encoder did not take it'
  if (fitsSoftware(picture)) {
    const reason = `${given}, and ${lowerFirst(why)}: the processor does it`
    plans.push({ encoder: 'libx264', reason, inputFormat })
  }
  if (plans.length === 0) throw tooLarge(picture, why)
  return plans
}

/** Whether a Pi's processor can encode that. */
export function fitsSoftware({ width, height, framesPerSecond }: Picture): boolean {
  return width * height * framesPerSecond <= cameraLimits.softwarePixelsPerS
}

export function tooLarge(picture: Picture, why: string): TailboardError {
  const message = `${pictureText(picture)} is more than a Pi’s processor can encode, and ${lowerFirst(why)}`
  return new TailboardError('misconfigured', message, {
    hint: 'Set sources.camera in config/tailboard.yaml to 640 × 480 at 15 pictures a second or less (width, height, framesPerSecond).',
  })
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
