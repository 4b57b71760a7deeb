import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { childEnvironment } from './child-environment.ts'
import { failureOf } from './ffmpeg-failure.ts'

const probeWithinMs = 5_000

/** The Pi's H.264 encoder (the module bcm2835-codec). */
export const encoderDevice = '/dev/video11'

/** Why the Pi's encoder can't be used; null when it can be opened. */
export async function whyNoEncoder(device = encoderDevice): Promise<string | null> {
  try {
    await access(device, constants.R_OK | constants.W_OK)
    return null
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return isMissing ? `This machine has no encoder (${device})` : `The encoder ${device} may not be opened`
  }
}

/**
 * The formats of a V4L2 device by FFmpeg's names, such as `h264`, `mjpeg`, `yuyv422`.
 * None when `signal` aborts.
 * @throws TailboardError when the device is not there, is busy or is no camera.
 */
export async function formatsOf(ffmpeg: string, path: string, signal: AbortSignal): Promise<string[]> {
  const args = ['-hide_banner', '-nostdin', '-f', 'v4l2', '-list_formats', 'all', '-i', path]
  const said = await new Promise<string>((resolve, reject) => {
    const options = { timeout: probeWithinMs, env: childEnvironment, killSignal: 'SIGKILL', signal } as const
    execFile(ffmpeg, args, options, (error, _out, stderr) => {
      // FFmpeg ends a listing as a failure, always.
      if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') reject(error)
      else resolve(stderr)
    })
  })
  if (signal.aborted) return []
  const formats = parseFormats(said)
  if (formats.length === 0) throw failureOf({ kind: 'v4l2', path }, said.split('\n'), null)
  return formats
}

/** `[video4linux2,v4l2 @ 0x…] Compressed:       mjpeg :          Motion-JPEG : 640x480 …` */
export function parseFormats(text: string): string[] {
  const lines = text.matchAll(/\]\s*(?:Raw|Compressed)\s*:\s*([a-z0-9_]+)\s*:/gi)
  return [...new Set([...lines].map(([, name = '']) => name.toLowerCase()))]
}
