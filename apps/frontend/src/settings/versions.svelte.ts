import type { ConfigVersionAnswer } from '@tailboard/contracts/api'
import type { PublishedConfig } from '@tailboard/contracts/config'
import type { ConfigVersion } from '@tailboard/contracts/config-version'
import { configApi, type Refusal } from '../live/config-api.ts'

/** The kept versions, what one of them would change, and the return to it. */
export class Versions {
  /** Newest first. Null: not known yet. */
  #list: readonly ConfigVersion[] | null = $state.raw(null)
  #looked: ConfigVersionAnswer | null = $state.raw(null)
  #trouble: Refusal | null = $state.raw(null)
  #returned: { to: string; undo: string | null } | null = $state.raw(null)
  #isBusy = $state(false)

  get list(): readonly ConfigVersion[] | null {
    return this.#list
  }

  /** The version that is looked at. */
  get looked(): ConfigVersionAnswer | null {
    return this.#looked
  }

  /** Why the last thing asked for did not work. */
  get trouble(): Refusal | null {
    return this.#trouble
  }

  /** The return that was made last, and the version that undoes it. */
  get returned(): { to: string; undo: string | null } | null {
    return this.#returned
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  async load(): Promise<void> {
    const answer = await configApi.versions()
    if (answer.isGood) this.#list = answer.value.versions
    else this.#trouble = answer
  }

  /** Asks what a version would change now; once more, and it is folded up. */
  async look(id: string): Promise<void> {
    if (this.#looked?.version.id === id) {
      this.#looked = null
      return
    }
    const answer = await configApi.version(id)
    this.#trouble = answer.isGood ? null : answer
    this.#looked = answer.isGood ? answer.value : null
  }

  /** Another configuration is in force: what was compared with it is no longer so. */
  async followed(): Promise<void> {
    this.#looked = null
    await this.load()
  }

  /** Null when it did not work; `trouble` says why. */
  async restore(seen: string, id: string): Promise<PublishedConfig | null> {
    if (this.#isBusy) return null
    this.#isBusy = true
    const before = this.#list?.[0]?.id ?? null
    const answer = await configApi.restore(seen, id)
    this.#isBusy = false
    this.#trouble = answer.isGood ? null : answer
    this.#returned = answer.isGood ? { to: id, undo: before === id ? null : before } : null
    if (!answer.isGood) return null
    await this.followed()
    return answer.value
  }
}
