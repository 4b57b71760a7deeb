import { TailboardError } from '@tailboard/contracts'
import type { Aranet4Device } from '@tailboard/contracts/sources/aranet4'
import { burstMs, type Listened } from './listen.ts'

const app = 'In the Aranet Home app open the device, then its settings, and switch on Smart Home integrations'

/** What keeps a device's values from us, with what to do; null when they are here. */
function problemOf(device: Aranet4Device, { others }: Listened): TailboardError | null {
  const { name, firmware } = device
  switch (device.state) {
    case 'ok':
      return null
    case 'not-heard':
      return new TailboardError('unreachable', `${name} was not heard within ${burstMs / 1000} s`, {
        hint:
          others > 0
            ? 'Bluetooth itself is well: others were heard. Bring it nearer, look at its batteries, and compare its address.'
            : 'Nothing else was heard either. Bring it nearer and look at its batteries; if that is of no use: sudo systemctl restart bluetooth',
      })
    case 'integrations-off':
      return new TailboardError('misconfigured', `${name} keeps its values to itself`, {
        hint: isTooOld(firmware)
          ? `Its firmware ${firmware} is too old. Update it in the app first. ${app}.`
          : `${app}.`,
      })
    case 'updating':
      return new TailboardError('unreachable', `${name} is getting a new firmware`, {
        hint: 'Its values come back when the update is done.',
      })
    case 'unreadable':
      return new TailboardError('malformed', `${name} was heard, but never whole`, {
        hint: 'It is too far away, or something disturbs the radio (a USB 3 disk?). Bring it nearer.',
      })
  }
}

/** All that is wrong with the owner's devices as one failure; null when nothing is. The kind is that of the first. */
export function problemsOf(devices: Aranet4Device[], listened: Listened): TailboardError | null {
  const problems = devices.flatMap((device) => problemOf(device, listened) ?? [])
  const [first] = problems
  if (first === undefined || problems.length === 1) return first ?? null
  return new TailboardError(first.kind, problems.map(({ message }) => message).join('; '), {
    hint: [...new Set(problems.map(({ hint }) => hint))].join(' '),
  })
}

/** With no list, and nobody there. */
export function nobodyHeard({ others }: Listened): TailboardError {
  return new TailboardError('unreachable', `No Aranet was heard within ${burstMs / 1000} s`, {
    hint:
      others > 0
        ? 'Bluetooth itself is well: others were heard. Bring the Aranet nearer and look at its batteries.'
        : 'Nothing else was heard either. Bring the Aranet nearer; if that is of no use: sudo systemctl restart bluetooth',
  })
}

/** Integrations came with 1.2.0. */
function isTooOld(firmware: string | null): boolean {
  const [major = 0, minor = 0] = (firmware ?? '').split('.').map(Number)
  return firmware !== null && (major < 1 || (major === 1 && minor < 2))
}
