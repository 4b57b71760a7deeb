import { TailboardError } from '@tailboard/contracts/error'

/** A compose file that can't be used as it stands: where (file, service, option) and why. */
export function composeProblem(where: string, reason: string, hint?: string): TailboardError {
  return new TailboardError('misconfigured', `${where}: ${reason}`, {
    hint: hint ?? 'Mend it, then check with: docker compose config -q',
  })
}
