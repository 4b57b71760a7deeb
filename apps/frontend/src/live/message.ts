import type { Stamp } from '@tailboard/contracts/time'
import type { ServerMessage } from '@tailboard/contracts/websocket'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const eventTypes = new Set([
  'reading',
  'success',
  'failure',
  'run',
  'press',
  'command',
  'config',
  'clock',
  'notice',
  'write',
])

/** Whether a value from outside can be computed with as a stamp. */
export function isStamp(value: unknown): value is Stamp {
  return (
    isObject(value) &&
    typeof value.at === 'string' &&
    !Number.isNaN(Date.parse(value.at)) &&
    isObject(value.clock) &&
    typeof value.clock.boot === 'string' &&
    Number.isFinite(value.clock.ms)
  )
}

/**
 * A frame as the message that it is, or null. The gateway checked the contents against the schemas before it sent them;
 * here only the shape is looked at, so that no foreign or future message breaks the page.
 */
export function readServerMessage(frame: unknown): ServerMessage | null {
  if (typeof frame !== 'string') return null
  let message: unknown
  try {
    message = JSON.parse(frame)
  } catch {
    return null
  }
  if (!isObject(message) || !isStamp(message.now)) return null
  if (typeof message.cursor !== 'string' || !/^\d{1,16}-\d{1,10}$/.test(message.cursor)) return null
  const hasRest =
    message.type === 'resumed' ||
    (message.type === 'snapshot' && isModel(message.model)) ||
    (message.type === 'event' && isEvent(message.event))
  return hasRest ? (message as unknown as ServerMessage) : null
}

function isEvent(value: unknown): boolean {
  return isObject(value) && typeof value.node === 'string' && eventTypes.has(String(value.type))
}

/** Whether a value from outside, or from an older version's cache, is a model that the page can show. */
export function isModel(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.node === 'string' &&
    isObject(value.notices) &&
    isObject(value.sources) &&
    Object.values(value.sources).every(
      (view) => isObject(view) && isObject(view.settings) && isObject(view.run),
    )
  )
}
