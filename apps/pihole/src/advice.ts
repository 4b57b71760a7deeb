import { TailboardError } from '@tailboard/contracts'

const whatToDo =
  'Put the address at which your Pi-hole’s page opens into .env as PIHOLE_URL. No Pi-hole in the house? Set enabled: false under pihole in config/tailboard.yaml.'

/**
 * Adds what to do for somebody who has never seen a reading: the address may be wrong, or there is no Pi-hole. Where one
 * was read before, it is a Pi-hole that has trouble, and this advice would lead astray.
 */
export function advise(error: unknown, { hasWorked }: { hasWorked: boolean }): unknown {
  if (hasWorked || !(error instanceof TailboardError)) return error
  const { kind, message, hint, cause, retryAfterMs } = error
  if (kind !== 'unreachable' && kind !== 'unresolved' && kind !== 'timeout' && kind !== 'malformed')
    return error
  // The resolver of `unresolved` is told first, since a Pi-hole is often that resolver itself.
  const whole = [kind === 'unresolved' || kind === 'malformed' ? hint : null, whatToDo]
    .filter((part) => part !== null)
    .join(' ')
  return new TailboardError(kind, message, {
    hint: whole,
    cause,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  })
}
