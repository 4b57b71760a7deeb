import type { Stamp } from '@tailboard/contracts/time'
import { isStamp } from '../live/message.ts'
import { stillKey as key } from './kept-still.ts'

/** Of what is kept; another one is not shown. */
const version = 1
const mostWidth = 640
const quality = 0.7

export interface Still {
  /** The server’s clock when it was on the screen. */
  taken: Stamp
  isTest: boolean
  /** A JPEG as a data: address. */
  picture: string
}

export function loadStill(): Still | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null')
    const isStill = kept?.version === version && isStamp(kept.taken) && typeof kept.picture === 'string'
    return isStill ? kept : null
  } catch {
    return null
  }
}

export function saveStill(still: Still): void {
  try {
    localStorage.setItem(key, JSON.stringify({ version, ...still }))
  } catch {
    // Private mode or a full store: there is no still then.
  }
}

/** What is on the screen, as a data: address; null before the first picture. */
export function pictureOf(video: HTMLVideoElement): string | null {
  const { videoWidth, videoHeight } = video
  if (videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null
  const canvas = document.createElement('canvas')
  canvas.width = Math.min(videoWidth, mostWidth)
  canvas.height = Math.round((videoHeight * canvas.width) / videoWidth)
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL('image/jpeg', quality)
}

/** Draws a kept picture: the Content-Security-Policy allows no image from a data: address. */
export async function drawStill(canvas: HTMLCanvasElement, { picture }: Still): Promise<void> {
  const bytes = Uint8Array.from(atob(picture.slice(picture.indexOf(',') + 1)), (char) => char.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }))
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
}
