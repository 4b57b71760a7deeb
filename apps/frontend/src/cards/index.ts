import type { cameraId } from '@tailboard/contracts/camera'
import type { Command } from '@tailboard/contracts/command'
import type { Press } from '@tailboard/contracts/press'
import type { Reading } from '@tailboard/contracts/reading'
import type { SourceId } from '@tailboard/contracts/sources/index'
import type { Stamp } from '@tailboard/contracts/time'
import type { Component } from 'svelte'
import Aranet4 from './Aranet4.svelte'
import Pihole from './Pihole.svelte'
import Sensehat from './Sensehat.svelte'
import System from './System.svelte'
import Tailscale from './Tailscale.svelte'
import Weather from './Weather.svelte'

/** What a card's body gets. It takes of it what it needs. */
export interface CardBody {
  /** A reading's data, of its source's own schema. */
  data: Record<string, unknown>
  reading: Reading
  /** The server's clock, once a second. */
  now: Stamp
  /** False while the page is cut off: nothing may be asked of the server. */
  isCurrent: boolean
  /** The newest command of this source since the page was opened. */
  command: Command | null
  /** The last press of a button of its device, for as long as the server has followed them. */
  press: Press | null
}

/** The sources whose cards show readings; the camera's shows a picture (../camera). */
export type CardId = Exclude<SourceId, typeof cameraId>

/** The body of each source's card. Adding one is a file of the same stem and a line here. */
export const cards: Record<CardId, Component<CardBody>> = {
  aranet4: Aranet4,
  pihole: Pihole,
  sensehat: Sensehat,
  system: System,
  tailscale: Tailscale,
  weather: Weather,
}

/** Whether this page has a card for a source of that name. */
export function hasCard(id: string): id is CardId {
  return Object.hasOwn(cards, id)
}
