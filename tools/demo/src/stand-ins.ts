import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { SourceId } from '@tailboard/contracts'

/** Where a stand-in may listen: both are its own, and the same when it is started again. */
export interface Place {
  port: number
  socket: string
}

/** A program that stands in for what a source speaks to. */
export interface Double {
  /** The program that stands in, in the folder of the source's app. It prints the variables as NAME=value. */
  script: string
  args: (place: Place) => string[]
  /** The variables that are taken from it; it is up once it has printed them all. */
  gives: string[]
}

/** What a source speaks to in the demo where this machine has not the real thing. */
export type StandIn = (
  | Double
  | { /** A module for the source's own process, in place of its hardware. */ preload: string }
  | { /** Variables by which the source itself makes something up. */ sets: Record<string, string> }
) & {
  /** Whether the real thing is here; absent: it never is. */
  isRealHere?: () => Promise<boolean>
}

/** How long a demo waits for the internet at its start (ms). */
const answerMs = 3_000

/** Whether a service of the internet answers, and not a login page in its place. */
async function answersJson(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerMs), redirect: 'error' })
    await answer.json()
    return answer.ok
  } catch {
    return false
  }
}

/** Whether the board on top of this Pi is one: its own chip tells the kernel at start. */
async function hasSenseHat(): Promise<boolean> {
  const product = await readFile('/proc/device-tree/hat/product', 'utf8').catch(() => '')
  return product.includes('Sense HAT')
}

/** The sources that need one. A source that is not here speaks to the real thing on any machine. */
export const standIns: Partial<Record<SourceId, StandIn>> = {
  sensehat: { sets: {}, isRealHere: hasSenseHat },
  weather: {
    script: 'testing/double.ts',
    args: ({ port }) => [String(port)],
    gives: [
      'WEATHER_OPEN_METEO_URL',
      'WEATHER_GEOCODING_URL',
      'WEATHER_MET_NO_URL',
      'WEATHER_OPENWEATHERMAP_URL',
      'OPENWEATHERMAP_KEY',
      'WEATHER_CONTACT',
    ],
    isRealHere: () => answersJson('https://geocoding-api.open-meteo.com/v1/search?name=Berlin&count=1'),
  },
  aranet4: { preload: 'testing/preload.ts' },
  // Also where there is a camera: a demo must not open anybody's.
  camera: { sets: { CAMERA_INPUT: 'test' } },
  pihole: {
    script: 'testing/double.ts',
    args: ({ port }) => [String(port)],
    gives: ['PIHOLE_URL', 'PIHOLE_PASSWORD'],
  },
  tailscale: {
    script: 'testing/double.ts',
    args: ({ socket }) => [socket],
    gives: ['TAILSCALE_SOCKET'],
    isRealHere: async () => existsSync('/var/run/tailscale/tailscaled.sock'),
  },
}
