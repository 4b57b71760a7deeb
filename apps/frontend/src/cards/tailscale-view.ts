import type { TailscaleData, TailscalePeer } from '@tailboard/contracts/sources/tailscale'
import { ago } from '../format/age.ts'
import { calendarDay } from '../format/place-time.ts'
import type { Standing } from '../ui/Headline.svelte'
import { words } from '../words/first-load.ts'

const dayMs = 86_400_000
/** What a card has room for; all others stand in its details. */
export const shownPeers = 6
const shownKeys = 3

const trouble = new Set(['needs-login', 'needs-machine-auth', 'in-use-by-other-user'])

/** Whether the tailnet is up. Only `isUp` says so: switched on is not yet connected. */
export function standing({ isUp, state, self }: TailscaleData): Standing {
  const said = words.tailscale
  const note = self.dnsName ?? self.name ?? undefined
  if (isUp) return { tone: 'ok', icon: 'check', text: said.up, note }
  if (state === 'running')
    return { tone: 'bad', icon: 'cross', text: said.noContact, note: said.noContactHint }
  const [text, hint] = [said.states[state], said.hints[state]]
  if (trouble.has(state)) return { tone: 'bad', icon: 'cross', text, note: hint }
  return state === 'stopped'
    ? { tone: 'warn', icon: 'off', text, note: hint }
    : { tone: 'quiet', icon: 'clock', text, note: hint }
}

export interface KeyWarning {
  isExpired: boolean
  message: string
}

/** Keys that run out within 30 days or have, this Pi's own first: without it the dashboard is out of the tailnet. */
export function keyWarnings({ self, peers, counts }: TailscaleData, nowMs: number): KeyWarning[] {
  const said = words.tailscale
  const all = [
    { who: said.keySelf, key: self.key },
    ...peers.map(({ name, key }) => ({ who: said.keyOf(name ?? said.unnamed), key })),
  ].filter(({ key }) => key.state === 'soon' || key.state === 'expired')
  const shown = all.slice(0, shownKeys).map(({ who, key }): KeyWarning => {
    if (key.state === 'expired') return { isExpired: true, message: said.keyExpired(who) }
    if (key.expires === null) return { isExpired: false, message: said.keySoonUnknown(who) }
    const days = Math.max(0, Math.floor((Date.parse(key.expires) - nowMs) / dayMs))
    return { isExpired: false, message: said.keySoon(who, days) }
  })
  const more = Math.max(counts.keysRunningOut, all.length) - shown.length
  return more > 0
    ? [...shown, { isExpired: false, message: (shown.length > 0 ? said.keysMore : said.keysSome)(more) }]
    : shown
}

/** Whether a peer is online, and if not, since when. */
export function presence({ isOnline, lastSeen }: TailscalePeer, nowMs: number): string {
  const said = words.tailscale
  if (isOnline === true) return said.isOnline
  if (isOnline === null) return said.onlineUnknown
  return lastSeen === null
    ? `${said.isOffline}, ${said.neverSeen}`
    : `${said.isOffline}, ${said.seen(ago(nowMs - Date.parse(lastSeen)))}`
}

/** How packets go to a peer. */
export function route({ connection, relay }: TailscalePeer): string {
  const said = words.tailscale
  return connection === 'relay' && relay !== null ? said.relayIn(relay) : said.connections[connection]
}

/** How long a key lasts. */
export function keyWord({ state, expires }: TailscalePeer['key']): string {
  const said = words.tailscale
  return expires === null || state === 'never'
    ? said.keyStates[state]
    : said.keyUntil(said.keyStates[state], calendarDay(expires))
}

/** The version, and a newer one where there is one. */
export function versionWord({
  version,
  isUpdateAvailable,
  latestVersion,
}: TailscaleData['software']): string {
  const said = words.tailscale
  const known = version ?? words.unknown
  if (isUpdateAvailable !== true) return known
  return latestVersion === null ? said.updateAny(known) : said.updateTo(known, latestVersion)
}
