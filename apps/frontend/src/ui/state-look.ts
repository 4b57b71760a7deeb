import type { ShownState } from '../words/first-load.ts'
import type { Tone } from './Chip.svelte'
import type { IconName } from './Icon.svelte'

/** How each state is told apart: a colour, and for whom that says nothing, a sign. */
export const stateLook: Record<ShownState, { tone: Tone; icon: IconName }> = {
  never: { tone: 'quiet', icon: 'dots' },
  running: { tone: 'quiet', icon: 'run' },
  ok: { tone: 'ok', icon: 'check' },
  partial: { tone: 'warn', icon: 'half' },
  failed: { tone: 'bad', icon: 'cross' },
  stale: { tone: 'warn', icon: 'clock' },
  disabled: { tone: 'quiet', icon: 'off' },
  unset: { tone: 'quiet', icon: 'plug' },
  offline: { tone: 'warn', icon: 'clock' },
}
