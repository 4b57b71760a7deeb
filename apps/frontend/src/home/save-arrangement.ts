import { configApi } from '../live/config-api.ts'
import { arrangeWords } from '../words/arrange.ts'
import { isSame, type PageSettings } from './arrangement.ts'

export type Saved =
  | { isSaved: true }
  /** `theirs`: somebody else arranged the cards in between; that is in force now. */
  | { isSaved: false; message: string; hint: string | null; theirs?: { page: PageSettings; version: string } }

/** A lost race is run again this often: settings that have nothing to do with the cards change seldom. */
const attempts = 3

/**
 * Writes the arrangement into the configuration of version `seen`, in which `before` was in force. Whoever changed another
 * setting in between is not in the way; whoever arranged the cards is not overwritten.
 */
export async function saveArrangement(
  seen: string,
  before: PageSettings,
  page: PageSettings,
): Promise<Saved> {
  let version = seen
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const written = await configApi.patch(version, { page })
    if (written.isGood) return { isSaved: true }
    if (written.status !== 412) return { isSaved: false, message: written.message, hint: written.hint }
    const now = await configApi.read()
    if (!now.isGood) return { isSaved: false, message: now.message, hint: now.hint }
    version = now.value.status.version
    const theirs = now.value.config.page
    if (!isSame(theirs, before)) {
      return { isSaved: false, message: arrangeWords.lost, hint: null, theirs: { page: theirs, version } }
    }
  }
  return { isSaved: false, message: arrangeWords.busy, hint: null }
}
