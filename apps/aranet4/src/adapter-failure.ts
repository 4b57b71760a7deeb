import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TailboardError } from '@tailboard/contracts'

const noAdapter = () =>
  new TailboardError('missing-hardware', 'This Pi has no Bluetooth adapter', {
    hint: 'If it has one, it is switched off: take dtoverlay=disable-bt out of /boot/firmware/config.txt and restart.',
  })

/** What opening the adapter threw, as a failure for the owner; what it is not is thrown on as the bug that it is. */
export function openingFailure(error: unknown): TailboardError {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case 'EAFNOSUPPORT':
      return new TailboardError('misconfigured', 'Bluetooth can’t be reached from this container’s network', {
        hint: 'source-aranet4 needs network_mode: host in docker-compose.yml. If it has that, this kernel has no Bluetooth: sudo modprobe bluetooth',
        cause: error,
      })
    case 'EPERM':
    case 'EACCES':
      return notAllowed(error)
    case 'ENODEV':
    case 'ENXIO':
      return noAdapter()
    case 'MODULE_NOT_FOUND':
    case 'ERR_DLOPEN_FAILED':
      if (!/bluetooth[-_]hci[-_]socket/.test(message)) throw error
      return new TailboardError('misconfigured', 'The program that speaks to Bluetooth is not built', {
        hint: 'In a container: docker compose --profile poll build source-aranet4. Without: sh apps/aranet4/native/build.sh',
        cause: error,
      })
    default:
      throw error
  }
}

export function notAllowed(cause?: unknown): TailboardError {
  return new TailboardError('refused', 'This program may not use Bluetooth', {
    hint: 'source-aranet4 needs user 0:0 and cap_add: [NET_ADMIN, NET_RAW] in docker-compose.yml.',
    cause,
  })
}

export function noLowEnergy(): TailboardError {
  return new TailboardError('missing-hardware', 'The Bluetooth adapter is too old: it has no Low Energy', {
    hint: 'An Aranet needs Bluetooth 4.0 or newer; a Raspberry Pi 3 or later has it built in.',
  })
}

export function silentAdapter(): TailboardError {
  return new TailboardError('timeout', 'The Bluetooth adapter does not answer', {
    hint: 'sudo systemctl restart hciuart bluetooth; if that is of no use, restart the Pi.',
  })
}

export function busyAdapter(): TailboardError {
  return new TailboardError('refused', 'The Bluetooth adapter does not start to listen', {
    hint: 'Another program uses it in another way (a second Bluetooth program, Home Assistant?): stop that, then sudo systemctl restart bluetooth',
  })
}

export function adapterGone(): TailboardError {
  return new TailboardError('missing-hardware', 'The Bluetooth adapter went away while it listened', {
    hint: 'If it was not switched off by hand, a weak power supply may be the cause. It is tried again at the next run.',
  })
}

/** Why an adapter is not up, as /sys tells it. */
export function offFailure(sys: string): TailboardError {
  const isBlocked = (kind: 'soft' | 'hard') =>
    list(join(sys, 'class/rfkill')).some(
      (entry) =>
        read(join(sys, 'class/rfkill', entry, 'type')) === 'bluetooth' &&
        read(join(sys, 'class/rfkill', entry, kind)) === '1',
    )
  if (isBlocked('hard')) {
    return new TailboardError('missing-hardware', 'Bluetooth is switched off by a switch on the machine', {
      hint: 'Turn that switch.',
    })
  }
  if (isBlocked('soft')) {
    return new TailboardError('missing-hardware', 'Bluetooth is blocked by rfkill', {
      hint: 'sudo rfkill unblock bluetooth && sudo hciconfig hci0 up',
    })
  }
  const adapters = list(join(sys, 'class/bluetooth')).filter((name) => /^hci\d+$/.test(name))
  if (adapters.length === 0) return noAdapter()
  return new TailboardError('missing-hardware', 'The Bluetooth adapter is switched off', {
    hint: `sudo hciconfig ${adapters[0]} up (and so that it stays: sudo systemctl enable --now bluetooth)`,
  })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
