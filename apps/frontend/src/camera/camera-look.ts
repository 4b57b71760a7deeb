import type { CameraState } from '@tailboard/contracts/camera'
import type { Tone } from '../ui/Chip.svelte'
import type { IconName } from '../ui/Icon.svelte'

/** How each state of the camera is told apart. One that runs stands out: whoever is before it must see that. */
export const cameraLook: Record<CameraState, { tone: Tone; icon: IconName }> = {
  off: { tone: 'quiet', icon: 'off' },
  starting: { tone: 'quiet', icon: 'dots' },
  live: { tone: 'bad', icon: 'record' },
  stalled: { tone: 'warn', icon: 'half' },
  failed: { tone: 'bad', icon: 'cross' },
}
