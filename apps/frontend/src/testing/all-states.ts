import type { Failure } from '@tailboard/contracts/error'
import type { LiveModel } from '@tailboard/contracts/live'
import type { SourceId } from '@tailboard/contracts/sources/index'
import type { SourceView } from '@tailboard/contracts/state'
import { type Stamp, stampPlus } from '@tailboard/contracts/time'

/** The model with each state that a card can be in, to be told apart: one a source. */
export function allStates(model: LiveModel, now: Stamp): LiveModel {
  const failure: Failure = {
    kind: 'unreachable',
    message: 'The device did not answer.',
    hint: 'Look whether it is on.',
    ...stampPlus(now, -40_000),
  }
  const states: Partial<Record<SourceId, (view: SourceView) => Partial<SourceView>>> = {
    weather: () => ({ success: stampPlus(now, -7_200_000) }),
    aranet4: () => ({ outcome: 'failed', failure }),
    pihole: ({ settings }) => ({ settings: { ...settings, enabled: false } }),
    tailscale: () => ({ reading: null, success: null, outcome: 'failed', failure }),
    system: ({ reading }) => ({
      reading: reading === null ? null : { ...reading, simulated: true },
      outcome: 'partial',
      failure: { ...failure, message: 'The temperature is missing.' },
    }),
  }
  const sources = { ...model.sources }
  for (const [id, change] of Object.entries(states)) {
    const view = sources[id as SourceId]
    sources[id as SourceId] = { ...view, ...change(view) }
  }
  return { ...model, sources }
}
