import type { Animation, RawMotion } from './driver.ts'
import type { FromChild, Parts, ToChild } from './hat-messages.ts'
import { followJoystick } from './joystick.ts'

// A process of its own for what may end a process: node-sense-hat calls exit(1) when the motion chip does not answer. Its words
// on standard output are dropped by who starts it. Started as: hat-child PARTS, with PARTS as JSON.

type Hat = typeof import('node-sense-hat').default

const parts = JSON.parse(process.argv[2] ?? '{}') as Parts
const tell = (message: FromChild) => process.send?.(message)

let leds: Hat['Leds']['sync'] | null = null
let imu: { getValueSync(): RawMotion | undefined } | null = null
let timer: NodeJS.Timeout | undefined

// First: whoever waits in the terminal, or stops the container, stops the parent, and that tells us.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('message', (message: ToChild) => {
  if (message.type === 'show') show(message.animation)
  else if (message.type === 'read') void readMotion().then((motion) => tell({ type: 'motion', motion }))
  else stop()
})
// The parent died: nobody else would make the LEDs dark.
process.on('disconnect', stop)

const reasons = { leds: await openLeds(), motion: await openMotion() }
tell({ type: 'ready', ...reasons })
if (parts.joystick) void followJoystick((key) => tell({ type: 'press', key }))

async function openLeds(): Promise<string | null> {
  if (!parts.leds) return 'not asked for'
  try {
    // It looks for the frame buffer while it is loaded, and throws where there is none.
    leds = (await import('node-sense-hat')).default.Leds.sync
    leds.clear()
    return null
  } catch (error) {
    leds = null
    return (error as Error).message
  }
}

async function openMotion(): Promise<string | null> {
  if (!parts.motion) return 'not asked for'
  try {
    const { IMU } =
      leds === null ? (await import('nodeimu')).default : (await import('node-sense-hat')).default.Imu
    imu = new IMU()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** Nothing when it is asked faster than it measures: then again, for half a second. */
async function readMotion(): Promise<RawMotion | null> {
  for (let tries = 0; tries < 25 && imu !== null; tries++) {
    const value = imu.getValueSync()
    if (value !== undefined) {
      const { accel, compass, tiltHeading } = value
      return { accel, compass, tiltHeading }
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return null
}

function show({ frames, frameMs, times, rotation }: Animation): void {
  clearInterval(timer)
  leds?.setRotation(rotation, false)
  let index = 0
  const next = () => {
    const isOver = times !== null && index >= frames.length * times
    const frame = isOver ? undefined : frames[index % frames.length]
    index += 1
    if (frame === undefined) clearInterval(timer)
    light(frame)
  }
  next()
  if (frames.length > 1) timer = setInterval(next, frameMs)
}

function light(frame: string | undefined): void {
  try {
    if (frame === undefined) leds?.clear()
    else leds?.setPixels(toPixels(frame))
  } catch (error) {
    clearInterval(timer)
    tell({ type: 'dark', reason: (error as Error).message })
  }
}

function toPixels(frame: string): number[][] {
  return Array.from({ length: 64 }, (_, pixel) =>
    [0, 2, 4].map((at) => Number.parseInt(frame.slice(pixel * 6 + at, pixel * 6 + at + 2), 16)),
  )
}

function stop(): void {
  clearInterval(timer)
  light(undefined)
  const end = () => process.kill(process.pid, 'SIGKILL')
  // An ordinary exit waits for the thread that waits for the joystick.
  if (process.connected && process.send !== undefined) process.send({ type: 'stopped' }, end)
  else end()
}
