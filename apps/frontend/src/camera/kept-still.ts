import type { SourceView } from '@tailboard/contracts/state'

/** Where the last picture is kept: in this browser alone, and only while the owner’s settings say so. */
export const stillKey = 'tailboard-camera-still'

/** Whether the owner wants the last picture to be kept in the browser of whoever looked. */
export function keepsStill({ settings }: SourceView): boolean {
  return 'keepStill' in settings && settings.keepStill === true
}

export function dropStill(): void {
  try {
    localStorage.removeItem(stillKey)
  } catch {
    // A browser that refuses this has kept none.
  }
}
