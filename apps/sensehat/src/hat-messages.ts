import type { JoystickKey } from '@tailboard/contracts/press'
import type { Animation, RawMotion } from './driver.ts'

/** Which parts of the HAT the child process is to drive. */
export interface Parts {
  leds: boolean
  motion: boolean
  joystick: boolean
}

export type ToChild =
  | { type: 'show'; animation: Animation }
  | { type: 'read' }
  /** Make the LEDs dark and end. */
  | { type: 'stop' }

export type FromChild =
  /** What it could open, once, after every part was tried. A motion chip that is missing ends the process before. */
  | { type: 'ready'; leds: string | null; motion: string | null }
  | { type: 'motion'; motion: RawMotion | null }
  | { type: 'press'; key: JoystickKey }
  /** The LEDs can't be written any more. */
  | { type: 'dark'; reason: string }
  | { type: 'stopped' }
