import type { TailboardError } from '@tailboard/contracts'
import type { PiholeData } from '@tailboard/contracts/sources/pihole'

export type Blocking = PiholeData['blocking']
export type TopClients = NonNullable<PiholeData['topClients']>
export type TopDomains = NonNullable<PiholeData['topBlocked']>

/** What a Pi-hole told, and what of it could not be had. */
export interface Told {
  data: PiholeData
  problem: TailboardError | null
}

/** A Pi-hole, whichever version. All fail with a TailboardError. */
export interface Box {
  read(topCount: number): Promise<Told>
  /** Switches blocking; off for so many seconds, or (null) until it is switched on. */
  setBlocking(isOn: boolean, forS: number | null): Promise<Blocking>
}

/** Where the right to ask is kept between runs. */
export interface Seat {
  load(): Promise<string | null>
  keep(sid: string): Promise<void>
  drop(): Promise<void>
}

/** Stands before each attempt to log in, so that a wrong password is not tried at each run. */
export interface Gate {
  /** @throws TailboardError what the last attempt failed with, while it is too early for the next. */
  failWhileClosed(): Promise<void>
  /** After an attempt: what it failed with, or null. */
  note(failure: TailboardError | null): Promise<void>
}
