import type { LiveModel } from '@tailboard/contracts/live'
import type { Stamp } from '@tailboard/contracts/time'
import { isModel, isStamp } from './message.ts'

/** The last snapshot, kept in the browser so that the next visit paints at once. Another version of it is thrown away. */
const key = 'tailboard-snapshot'
const version = 1
/** More than this is not ours to take of a browser's 5 MB. */
const longest = 500_000

export interface CachedSnapshot {
  model: LiveModel
  /** The server's clock when this was kept. */
  now: Stamp
  /** The browser's clock at that moment (ms): only the time since then is taken from it. */
  keptMs: number
}

/** The part of localStorage that is needed: a browser may refuse all of it. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export function loadSnapshot(store: Store): CachedSnapshot | null {
  try {
    const kept = JSON.parse(store.getItem(key) ?? 'null')
    if (kept?.version !== version) return null
    return isModel(kept.model) && isStamp(kept.now) && Number.isFinite(kept.keptMs) ? kept : null
  } catch {
    return null
  }
}

export function saveSnapshot(store: Store, snapshot: CachedSnapshot): void {
  try {
    const json = JSON.stringify({ version, ...snapshot })
    if (json.length <= longest) store.setItem(key, json)
    else store.removeItem(key)
  } catch {
    // Private mode or a full store: the page works without it.
  }
}
