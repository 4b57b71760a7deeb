import type { Aranet4Nearby, Aranet4Settings } from '@tailboard/contracts/sources/aranet4'
import { configApi } from '../live/config-api.ts'
import { words } from '../words/first-load.ts'
import { settingsWords } from '../words/settings.ts'

/** What came of taking a device up, in words. */
export interface Adopted {
  isGood: boolean
  message: string
  hint: string | null
}

/** Puts a device into the owner's list, beside those that stand there at this moment. Somebody else's change is never overwritten. */
export async function adopt({ address, name }: Pick<Aranet4Nearby, 'address' | 'name'>): Promise<Adopted> {
  const called = name ?? words.aranet4.unnamed
  const now = await configApi.read()
  if (!now.isGood) return now
  const { status, config } = now.value
  const { devices } = config.sources.aranet4 as unknown as Aranet4Settings
  if (devices.some((each) => each.address === address)) {
    return { isGood: true, message: words.aranet4.takenUpBefore(called), hint: null }
  }
  const list = [...devices, { address, name: name ?? '' }]
  const answer = await configApi.patch(status.version, { sources: { aranet4: { devices: list } } })
  if (answer.isGood) return { isGood: true, message: words.aranet4.takenUp(called), hint: null }
  const reasons = answer.issues.map(({ path, reason }) => settingsWords.mistake(path, reason))
  return { isGood: false, message: [answer.message, ...reasons].join(' '), hint: answer.hint }
}
