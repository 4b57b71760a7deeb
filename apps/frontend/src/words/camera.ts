import type { CameraState } from '@tailboard/contracts/camera'
import type { CameraData, CameraEncoder } from '@tailboard/contracts/sources/camera'

type PictureNumbers = Pick<CameraData, 'width' | 'height' | 'framesPerSecond' | 'bitrateKbps'>

/** What only the open player says; the card's own words are in first-load.ts. */
export const playerWords = {
  test: 'Test picture',
  testHint: 'Made up by the Pi: no camera is opened.',
  videoLabel: 'Live picture of the camera',
  fullScreen: 'Full screen',
  behind: (seconds: number) => `${seconds.toFixed(1)}\u00a0s behind`,
  still: (ago: string) => `The last picture that was seen here, ${ago}`,
  overlay: {
    off: 'It is off.',
    starting: 'It is starting.',
    live: 'The picture is coming.',
    stalled: 'The picture has stopped. It is started anew by itself.',
    failed: 'No picture.',
  } satisfies Record<CameraState, string>,
  failed: 'The camera stopped.',
  nextTry: (when: string) => `It is tried again ${when}.`,
  refused: 'This device may see the page, but not the camera.',
  refusedHint:
    'Its network must stand in TAILBOARD_WRITE_FROM in .env on the Pi; then run docker compose up -d there.',
  noAnswer: 'The Pi did not answer. Trying again by itself.',
  badAnswer: (status: number) => `The Pi gave an answer that this page can’t use (${status}).`,
  cannotPlay: 'This browser can’t play the picture (H.264 over HLS). Try another one.',
  watchers: 'Looking now',
  picture: 'Picture',
  pictureOf: (data: PictureNumbers) =>
    [
      data.width === null || data.height === null ? '' : `${data.width} × ${data.height}`,
      data.framesPerSecond === null ? '' : `${Math.round(data.framesPerSecond)} a second`,
      data.bitrateKbps === null ? '' : `${Math.round(data.bitrateKbps)}\u00a0kbit/s`,
    ]
      .filter((part) => part !== '')
      .join(', ') || 'unknown',
  made: 'Made by',
  encoders: {
    copy: 'the camera itself',
    h264_v4l2m2m: 'the Pi’s encoder',
    libx264: 'the Pi’s processor',
  } satisfies Record<CameraEncoder, string>,
}
