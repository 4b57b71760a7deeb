import type { ServiceContext } from '@tailboard/service/service-runner'
import type { Driver, OnPress } from './driver.ts'
import { HardwareDriver } from './hardware.ts'
import { HatProcess } from './hat-process.ts'
import { SimulatedDriver } from './simulated.ts'

/** The real HAT, or in the demo a made-up one (TAILBOARD_SIMULATED). */
export function makeDriver({ environment, time, log }: ServiceContext, onPress: OnPress): Driver {
  if (environment.TAILBOARD_SIMULATED === true) return new SimulatedDriver(time, onPress)
  const hat = new HatProcess({ log, onPress, monotonicMs: () => time.monotonicMs() })
  return new HardwareDriver({ hat })
}
