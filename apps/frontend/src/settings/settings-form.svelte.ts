import type { PublishedConfig } from '@tailboard/contracts/config'
import { type Answer, configApi, type Refusal } from '../live/config-api.ts'
import { settingsWords } from '../words/settings.ts'
import type { Field } from './control.ts'
import { type Draft, draftOf } from './draft.ts'
import {
  type Change,
  changesOf,
  conflictsOf,
  draftIn,
  type Edit,
  type Edits,
  fieldAt,
  patchOf,
  problemsOf,
  valueAt,
} from './form.ts'
import type { Section } from './sections.ts'

/** What came of the last save, in words. */
export interface Outcome {
  isGood: boolean
  message: string
  hint: string | null
  /** What is wrong, and belongs to no field of the page. */
  lines: string[]
}

/** The settings as they are in force, what somebody typed beside them, and what came of saving it. */
export class SettingsForm {
  readonly sections: readonly Section[]
  readonly fields: readonly Field[]
  #inForce: PublishedConfig = $state.raw() as PublishedConfig
  #edits: Edits = $state.raw({})
  /** What the gateway found wrong, by path, until the field is touched again. */
  #refused: Readonly<Record<string, string>> = $state.raw({})
  #outcome: Outcome | null = $state.raw(null)
  #isSaving = $state(false)

  constructor(sections: readonly Section[], inForce: PublishedConfig) {
    this.sections = sections
    this.fields = sections.flatMap(({ fields }) => fields)
    this.#inForce = inForce
  }

  /** By path: what this page finds wrong, else what the gateway did. */
  readonly problems = $derived.by(() => ({
    ...this.#refused,
    ...problemsOf(this.fields, this.#edits, settingsWords.halfATime),
  }))
  readonly changes: readonly Change[] = $derived.by(() =>
    changesOf(this.fields, this.#inForce.config, this.#edits),
  )
  readonly conflicts: readonly Change[] = $derived.by(() =>
    conflictsOf(this.fields, this.#inForce.config, this.#edits),
  )
  /** Whether leaving would lose something. */
  readonly isTouched = $derived(this.changes.length > 0 || Object.keys(this.problems).length > 0)

  get inForce(): PublishedConfig {
    return this.#inForce
  }

  get outcome(): Outcome | null {
    return this.#outcome
  }

  get isSaving(): boolean {
    return this.#isSaving
  }

  draft(field: Field): Draft {
    return draftIn(field, this.#inForce.config, this.#edits)
  }

  conflict(field: Field): Change | null {
    return this.conflicts.find((each) => each.field === field) ?? null
  }

  edit(field: Field, draft: Draft, isIncomplete = false): void {
    this.#set(field, { draft, isIncomplete, isReset: false })
  }

  toDefault(field: Field): void {
    this.#set(field, {
      draft: draftOf(field.control, field.default),
      isIncomplete: false,
      isReset: true,
    })
  }

  keepMine(field: Field): void {
    const edit = this.#edits[field.path]
    if (edit === undefined) return
    const from = valueAt(this.#inForce.config, field.path)
    this.#edits = { ...this.#edits, [field.path]: { ...edit, from } }
  }

  takeTheirs(field: Field): void {
    this.#drop([field.path])
  }

  discard(): void {
    this.#edits = {}
    this.#refused = {}
    this.#outcome = null
  }

  /** Another configuration is in force: fields that nobody touched follow, the others keep what was typed. */
  follow(inForce: PublishedConfig): void {
    const [known, told] = [this.#inForce.status.changed.clock, inForce.status.changed.clock]
    // An event that was under way while an answer told of something newer.
    if (known.boot === told.boot && told.ms < known.ms) return
    this.#inForce = inForce
  }

  /** The path of the first field that must be looked at before anything can be saved. Null when it was saved. */
  async save(): Promise<string | null> {
    if (this.#isSaving) return null
    if (Object.keys(this.problems).length > 0) return this.#stop(settingsWords.mendFirst)
    if (this.conflicts.length > 0) return this.#stop(settingsWords.chooseFirst)
    const [sent, changes] = [this.#edits, this.changes]
    if (changes.length === 0) return null
    this.#isSaving = true
    const answer = await configApi.patch(this.#inForce.status.version, patchOf(changes))
    this.#isSaving = false
    return this.#answered(answer, sent, changes)
  }

  async #answered(
    answer: Answer<PublishedConfig>,
    sent: Edits,
    changes: readonly Change[],
  ): Promise<string | null> {
    if (answer.isGood) {
      this.follow(answer.value)
      // What was typed while it was being saved stays.
      this.#drop(Object.keys(sent).filter((path) => this.#edits[path] === sent[path]))
      this.#outcome = { isGood: true, message: settingsWords.saved(changes.length), hint: null, lines: [] }
      return null
    }
    if (answer.status === 412) return this.#lost(answer)
    const at = (path: string) => fieldAt(this.fields, path)
    if (answer.status === 422) {
      const known = answer.issues.filter(({ path }) => at(path) !== null)
      this.#refused = Object.fromEntries(known.map(({ path, reason }) => [path, reason]))
    }
    const lines = answer.issues
      .filter(({ path }) => answer.status !== 422 || at(path) === null)
      .map(({ path, reason }) => settingsWords.mistake(path, reason))
    const { message, hint } = answer
    this.#outcome = { isGood: false, message: `${settingsWords.notSaved} ${message}`, hint, lines }
    return this.firstToMend()
  }

  /** Somebody else was faster: their values are shown, and nothing is sent again by itself. */
  async #lost(refusal: Refusal): Promise<string | null> {
    const now = await configApi.read()
    if (now.isGood) this.follow(now.value)
    this.#outcome = {
      isGood: false,
      message: settingsWords.changedMeanwhile,
      hint: this.conflicts.length > 0 ? settingsWords.chooseFirst : settingsWords.lookAgain,
      lines: [now.isGood ? refusal.message : now.message],
    }
    return this.firstToMend()
  }

  /** In the order of the form: a field with a problem or a conflict. */
  firstToMend(): string | null {
    const problems = Object.keys(this.problems)
    for (const field of this.fields) {
      const problem = problems.find((path) => fieldAt([field], path) !== null)
      if (problem !== undefined) return problem
      if (this.conflict(field) !== null) return field.path
    }
    return null
  }

  #stop(message: string): string | null {
    this.#outcome = { isGood: false, message: `${settingsWords.notSaved} ${message}`, hint: null, lines: [] }
    return this.firstToMend()
  }

  #set(field: Field, what: Omit<Edit, 'from'>): void {
    const from = this.#edits[field.path]?.from ?? valueAt(this.#inForce.config, field.path)
    this.#edits = { ...this.#edits, [field.path]: { ...what, from } }
    this.#forgive(field)
    this.#outcome = null
  }

  #forgive(field: Field): void {
    const stays = Object.entries(this.#refused).filter(([path]) => fieldAt([field], path) === null)
    this.#refused = Object.fromEntries(stays)
  }

  #drop(paths: readonly string[]): void {
    const stays = Object.entries(this.#edits).filter(([path]) => !paths.includes(path))
    this.#edits = Object.fromEntries(stays)
  }
}
