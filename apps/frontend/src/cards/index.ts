import type { SourceId } from '@tailboard/contracts/sources/index'
import type { Component } from 'svelte'
import System from './System.svelte'

/** What a card's body gets: the data of a reading of its source's own schema. */
export interface CardBody {
  data: Record<string, unknown>
}

/** The body of each source's card. Adding one is a file of the same stem and a line here. */
export const cards: Record<SourceId, Component<CardBody>> = { system: System }
