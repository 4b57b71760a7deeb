import { TailboardError } from '@tailboard/contracts'

/** What is opened, as the environment says it. */
export type CameraInput =
  | { kind: 'test' }
  | { kind: 'libcamera' }
  | { kind: 'v4l2'; path: string }
  | { kind: 'rtsp'; url: string }

/** @throws TailboardError `misconfigured` when nothing is named. Its form the contract has checked. */
export function parseInput(value: string): CameraInput {
  if (value === 'test' || value === 'libcamera') return { kind: value }
  if (value.startsWith('v4l2:')) return { kind: 'v4l2', path: value.slice('v4l2:'.length) }
  if (/^rtsps?:/.test(value)) return { kind: 'rtsp', url: value }
  throw new TailboardError('misconfigured', 'No camera is named', {
    hint: 'Name it as CAMERA_INPUT in .env (the choices are in .env.example), then run: docker compose up -d',
  })
}
