import type { SensehatData } from '@tailboard/contracts/sources/sensehat'
import type { Axes, RawMotion } from './driver.ts'

/** Less than this is no gravity: the chip was asked before it measured (g). */
const leastG = 0.05

/**
 * Roll and pitch from gravity, heading from the compass with the tilt taken out. Of one moment: the package's fused
 * pose needs ten readings a second to follow, and we take one in five seconds (docs/adr).
 */
export function toMotion({ accel, compass, tiltHeading }: RawMotion): SensehatData['motion'] {
  const { x, y, z } = accel
  const all = [x, y, z, compass.x, compass.y, compass.z, tiltHeading]
  if (!all.every(Number.isFinite) || Math.hypot(x, y, z) < leastG) return null
  const heading = Math.round(degrees(tiltHeading))
  return {
    rollDegrees: tidy(degrees(Math.atan2(y, z)), 1),
    pitchDegrees: tidy(degrees(Math.atan2(-x, Math.hypot(y, z))), 1),
    headingDegrees: ((heading % 360) + 360) % 360,
    accelerationG: rounded(accel, 0.01),
    compassUt: rounded(compass, 1),
  }
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI
}

function rounded({ x, y, z }: Axes, step: number): Axes {
  return { x: tidy(x, step), y: tidy(y, step), z: tidy(z, step) }
}

/** To a step that lies above the noise, so that a HAT at rest says the same twice; never −0. */
export function tidy(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toFixed(3)) + 0
}
