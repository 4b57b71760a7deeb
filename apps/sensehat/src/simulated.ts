import type { JoystickKey } from '@tailboard/contracts/press'
import type { TimeSource } from '@tailboard/service/clock'
import type { Driver, OnPress, Sample } from './driver.ts'

const keys: readonly JoystickKey[] = ['middle', 'up', 'right', 'down', 'left']
/** Somebody presses a key this often, for whoever looks at the demo (ms). */
const pressEveryMs = 30_000

/** A made-up HAT for the demo: a room that warms and cools within half an hour, a Pi that is tilted a little. */
export class SimulatedDriver implements Driver {
  readonly isSimulated = true
  readonly #time: TimeSource
  readonly #onPress: OnPress
  #nextPressMs: number
  #presses = 0

  constructor(time: TimeSource, onPress: OnPress) {
    this.#time = time
    this.#onPress = onPress
    this.#nextPressMs = time.monotonicMs() + 5_000
  }

  async sample(): Promise<Sample> {
    const now = this.#time.monotonicMs()
    this.#press(now)
    const wave = (minutes: number, shift = 0) => Math.sin((now / 60_000 / minutes) * 2 * Math.PI + shift)
    const temperatureC = 30.5 + 1.5 * wave(30)
    const roll = (4 * wave(3) * Math.PI) / 180
    const pitch = (6 * wave(5) * Math.PI) / 180
    return {
      humidity: { humidityPercent: 38 - 4 * wave(30), temperatureC, via: 'simulated' },
      pressure: { pressureHpa: 1013 + 3 * wave(400), temperatureC: temperatureC - 0.7, via: 'simulated' },
      motion: {
        accel: {
          x: -Math.sin(pitch),
          y: Math.sin(roll) * Math.cos(pitch),
          z: Math.cos(roll) * Math.cos(pitch),
        },
        compass: { x: 18 + wave(4), y: 3 * wave(6), z: -42 },
        tiltHeading: 1.2 + 0.4 * wave(7),
      },
      cpuTemperatureC: 50 + 3 * wave(11, 1),
      hasLeds: true,
      hasJoystick: true,
      problems: [],
    }
  }

  /** What is lit is told with each reading; there is nothing else to light. */
  show(): void {}

  async release(): Promise<void> {}

  #press(now: number): void {
    if (now < this.#nextPressMs) return
    this.#nextPressMs = now + pressEveryMs
    const key = keys[this.#presses % keys.length]
    this.#presses += 1
    if (key !== undefined) this.#onPress(key)
  }
}
