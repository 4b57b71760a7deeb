import type { TailboardError } from '@tailboard/contracts'
import type { JoystickKey } from '@tailboard/contracts/press'
import type { SensehatWay } from '@tailboard/contracts/sources/sensehat'

export interface Humidity {
  humidityPercent: number
  temperatureC: number
}

export interface Pressure {
  pressureHpa: number
  temperatureC: number
}

export interface Axes {
  x: number
  y: number
  z: number
}

/** As node-sense-hat says it: acceleration in g, field in µT, heading in radians from north. */
export interface RawMotion {
  accel: Axes
  compass: Axes
  tiltHeading: number
}

/** What a driver could read, once. Null: that part does not answer, and `problems` says why. */
export interface Sample {
  humidity: (Humidity & { via: SensehatWay }) | null
  pressure: (Pressure & { via: SensehatWay }) | null
  motion: RawMotion | null
  /** The processor's temperature (°C); null where the machine does not tell. */
  cpuTemperatureC: number | null
  hasLeds: boolean
  hasJoystick: boolean
  problems: TailboardError[]
}

/** Pictures for the LEDs, each 64 colours (`rrggbb`, row by row), and how long one stays. */
export interface Animation {
  frames: string[]
  frameMs: number
  /** How often they run through; it is dark then. Null: for ever. */
  times: number | null
  /** 0, 90, 180 or 270. */
  rotation: number
}

/** A Sense HAT: the real one, or a made-up one. Whatever is missing is in the sample, never a throw. */
export interface Driver {
  isSimulated: boolean
  sample(signal: AbortSignal): Promise<Sample>
  show(animation: Animation): void
  /** Lets go of the hardware; the LEDs are dark then. It may sample again afterwards. */
  release(): Promise<void>
}

export type OnPress = (key: JoystickKey) => void
