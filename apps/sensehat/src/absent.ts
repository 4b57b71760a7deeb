import { TailboardError } from '@tailboard/contracts'

/** What the parts are called in a sentence. */
export type Part = 'humidity chip' | 'pressure chip' | 'motion chip' | 'I2C bus'

const seat = 'Switch the Pi off, press the HAT firmly onto all 40 pins, and switch it on again.'

/** Why a part of the HAT can't be read, from what the bus said (an errno, or something that is no answer of that chip). */
export function toHardwareError(error: unknown, part: Part): TailboardError {
  if (error instanceof TailboardError) return error
  const { code, message } = error as NodeJS.ErrnoException
  const options = { cause: error }
  switch (code) {
    case 'ENOENT':
    case 'ENODEV':
      return new TailboardError('missing-hardware', 'No Sense HAT found: this machine has no I2C bus 1', {
        ...options,
        hint: 'On a Pi, switch I2C on: sudo raspi-config nonint do_i2c 0. It is then found within 30 s, LEDs and joystick after a reboot. Without a HAT set sources.sensehat.enabled to false in config/tailboard.yaml.',
      })
    case 'ENXIO':
    case 'EREMOTEIO':
      return new TailboardError('missing-hardware', `No Sense HAT found: its ${part} does not answer`, {
        ...options,
        hint: `${seat} What measures is back by itself; LEDs and joystick need that reboot. Without a HAT set sources.sensehat.enabled to false in config/tailboard.yaml.`,
      })
    case 'EACCES':
    case 'EPERM':
      return new TailboardError('refused', 'The I2C bus may not be opened: no permission on /dev/i2c-1', {
        ...options,
        hint: 'source-sensehat needs /dev and its device rules as docker-compose.yml has them; without Docker: sudo usermod -aG i2c,video,input $USER, then log in again.',
      })
    case 'EBUSY':
      return new TailboardError('misconfigured', `The kernel holds the ${part} and does not show it`, {
        ...options,
        hint: 'Run on the Pi: sudo modprobe -r st_sensors_i2c st_pressure_i2c hts221_i2c st_lsm9ds1_i2c; or load its driver whole, then reboot.',
      })
    case 'EIO':
    case 'ETIMEDOUT':
      return new TailboardError('unreachable', `The ${part} answers with errors (${code})`, {
        ...options,
        hint: `${seat} If it stays, another device on the same pins may disturb the bus.`,
      })
  }
  if (message?.includes('Could not locate the bindings file')) {
    return new TailboardError('misconfigured', 'The driver for the I2C bus is not compiled here', {
      ...options,
      hint: 'Run: sh apps/sensehat/native/build.sh (needs g++, make and python3), or use the Docker image.',
    })
  }
  if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) {
    return new TailboardError('unreachable', `The ${part} can’t be read (${code})`, {
      ...options,
      hint: `It is tried again. If it stays: ${seat}`,
    })
  }
  // Anything else is a fault of ours: it goes on as it is.
  throw error
}

export function wrongChip(part: Part, address: number, found: number): TailboardError {
  return new TailboardError(
    'missing-hardware',
    `No Sense HAT found: at address 0x${address.toString(16)} answers another chip (0x${found.toString(16).padStart(2, '0')})`,
    { hint: `That is where the HAT’s ${part} should be. ${seat}` },
  )
}

export function badCalibration(part: Part): TailboardError {
  return new TailboardError('malformed', `The ${part}’s factory calibration can’t be true`, {
    hint: `It reads as all zeros or ones, as after a power dip: ${seat} If it stays, that chip is broken.`,
  })
}

export function neverReady(part: Part): TailboardError {
  return new TailboardError('timeout', `The ${part} has no value ready`, {
    hint: `It is tried again. If it stays: ${seat}`,
  })
}

export function noLeds(): TailboardError {
  return new TailboardError(
    'missing-hardware',
    'The LEDs and the joystick were not found by the Pi when it started',
    {
      hint: 'They are found at start alone: reboot with the HAT in place (sudo reboot). What measures works without.',
    },
  )
}

export function noMotion(): TailboardError {
  return new TailboardError('missing-hardware', 'The motion chip can’t be used: orientation is missing', {
    hint: 'It is tried again by itself. If the kernel holds it, run on the Pi: sudo modprobe -r st_lsm9ds1_i2c',
  })
}
