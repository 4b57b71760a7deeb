import { type ConfigChange, configSchema, type Issue, type PublishedConfig } from '@tailboard/contracts'
import * as v from 'valibot'
import { HttpProblem } from '../http-problem.ts'
import { changesBetween, inWords } from './changes.ts'
import { type ConfigKeeper, type FileChange, FileMoved, type FileNow } from './config-keeper.ts'
import { defaultText } from './default-text.ts'
import { editText } from './edit-text.ts'
import { type ParsedConfig, parseConfig, versionOf } from './parse-config.ts'
import { type Edit, editsOf } from './patch.ts'

/** What every write says of itself. */
export interface WriteRequest {
  /** The If-Match header. */
  ifMatch: string | undefined
  /** The address that asks. */
  by: string
}

/** What is in force after a write, and what it changed. */
export interface Written {
  current: PublishedConfig
  changes: ConfigChange[]
  isNew: boolean
}

/** Writes from the page: each names the version that it saw, and is refused in words when that is not in force. */
export class ConfigWriter {
  readonly #keeper: ConfigKeeper

  constructor(keeper: ConfigKeeper) {
    this.#keeper = keeper
  }

  /** Changes single values. @throws HttpProblem naming each wrong path, or why nothing can be written. */
  patch(request: WriteRequest, patch: unknown): Promise<Written> {
    const seen = versionsSeen(request)
    return this.#write(seen, async ({ content, current }) => {
      refuseBroken(current)
      const { edits, issues } = editsOf(configSchema, patch)
      if (issues.length > 0) throw new HttpProblem('invalid', { issues })
      refuseNotWritable(current)
      const before = content.kind === 'text' ? content.text : defaultText(current.config)
      const text = editText(before, edits)
      const parsed = parseConfig(text)
      if (!parsed.isGood) throw new HttpProblem('invalid', { issues: issuesOf(parsed) })
      if (versionOf(parsed.config) !== versionOf(withEdits(current, edits))) {
        // A way of writing YAML that the editor above does not know: better no edit than another one.
        throw new HttpProblem('fault', { hint: 'Make this change in config/tailboard.yaml itself.' })
      }
      if (content.kind === 'text' && versionOf(parsed.config) === current.status.version) return null
      return { text, origin: { cause: 'page', by: request.by } }
    })
  }

  /** Returns to a kept version, comments and all; also from a file that is broken or gone. @throws HttpProblem. */
  restore(request: WriteRequest, id: string): Promise<Written> {
    const seen = versionsSeen(request)
    return this.#write(seen, async ({ content, current }) => {
      const kept = await this.#keeper.versions.read(id)
      if (kept === null) throw new HttpProblem('unknown-version')
      const parsed = parseConfig(kept.text)
      if (!parsed.isGood) {
        throw new HttpProblem('invalid', {
          detail: 'That version is not as the settings must be today.',
          issues: issuesOf(parsed),
        })
      }
      if (content.kind === 'unreadable') refuseBroken(current)
      refuseNotWritable(current)
      if (content.kind === 'text') {
        if (content.text === kept.text) return null
        if (current.status.problems.length > 0) await this.#keeper.versions.keepRefused(content.text)
      }
      return { text: kept.text, origin: { cause: 'restore', by: request.by, restored: id } }
    })
  }

  async #write(seen: string[], make: (now: FileNow) => Promise<FileChange | null>): Promise<Written> {
    let before: PublishedConfig | undefined
    let isNew = false
    try {
      const current = await this.#keeper.change(async (now) => {
        before = now.current
        if (!seen.includes(now.current.status.version)) throw await this.#changedMeanwhile(now.current)
        const change = await make(now)
        isNew = change !== null
        return change
      })
      if (current === null || before === undefined)
        throw new HttpProblem('not-ready', { detail: 'Still waiting for: the configuration.' })
      return { current, changes: changesBetween(before.config, current.config), isNew }
    } catch (error) {
      if (error instanceof FileMoved) {
        throw new HttpProblem('changed-meanwhile', {
          detail: 'Somebody saved config/tailboard.yaml at this moment.',
          hint: 'Look at it again, then make the change once more.',
        })
      }
      throw isFileError(error) ? notWritable(error) : error
    }
  }

  /** Says what the other one changed, so that nobody has to guess. */
  async #changedMeanwhile({ status }: PublishedConfig): Promise<HttpProblem> {
    const [newest] = await this.#keeper.versions.list()
    const who = newest?.by === null ? 'by hand' : `from ${newest?.by}`
    const detail =
      newest?.version === status.version
        ? `The last change was made ${who}: ${inWords(newest.changes)}.`
        : 'Another version is in force than the one you saw.'
    return new HttpProblem('changed-meanwhile', {
      detail,
      hint: 'Look at them again, then make the change once more.',
      headers: { etag: `"${status.version}"` },
    })
  }
}

/** The versions that If-Match names. `*` names none: who sends it did not look. */
function versionsSeen({ ifMatch }: WriteRequest): string[] {
  const seen = [...(ifMatch ?? '').matchAll(/"([^"]*)"/g)].map(([, tag = '']) => tag)
  if (seen.length > 0) return seen
  throw new HttpProblem('version-needed', { hint: 'Send the ETag of GET /api/config as If-Match.' })
}

function refuseBroken({ status }: PublishedConfig): void {
  if (status.problems.length === 0) return
  throw new HttpProblem('config-broken', {
    detail:
      'Until it is mended by hand nothing can be written into it; the last good settings stay in force.',
    hint: 'Mend the line that is named, or return to a version.',
    issues: status.problems.map(withLine),
  })
}

function refuseNotWritable({ status }: PublishedConfig): void {
  if (status.notWritable === null) return
  throw new HttpProblem('config-not-writable', { hint: status.notWritable })
}

const words: Record<string, [detail: string, hint: string]> = {
  ENOSPC: ['The card is full.', 'Look with: df -h / and make room with: docker image prune'],
  EDQUOT: ['The card is full.', 'Look with: df -h / and make room with: docker image prune'],
  EROFS: ['The folder config/ is read-only.', 'Is the card? Look at: dmesg | grep -i mmc'],
  EIO: ['The card answers with errors.', 'Look at: dmesg | grep -i mmc'],
}

/** A write that the file system refused, with the line that mends it. */
export function notWritable({ code = 'unknown' }: NodeJS.ErrnoException): HttpProblem {
  const owner = `${process.getuid?.() ?? 1000}:${process.getgid?.() ?? 1000}`
  const [detail, hint] = words[code] ?? [
    `The folder config/ can’t be written (${code}).`,
    `Run: sudo chown -R ${owner} config`,
  ]
  return new HttpProblem('config-not-writable', { detail, hint })
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

function withLine({ path, reason, line }: { path: string; reason: string; line: number | null }): Issue {
  return { path, reason: line === null ? reason : `${reason} (line ${line})` }
}

function issuesOf(parsed: Extract<ParsedConfig, { isGood: false }>): Issue[] {
  return parsed.problems.map(({ path, reason }) => ({ path, reason }))
}

/** The values that must come out of the edited file. */
function withEdits({ config }: PublishedConfig, edits: readonly Edit[]): PublishedConfig['config'] {
  const values = structuredClone(config) as Record<string, unknown>
  for (const { path, value } of edits) {
    let group = values
    for (const key of path.slice(0, -1)) group = group[key] as Record<string, unknown>
    group[path.at(-1) ?? ''] = value
  }
  return v.parse(configSchema, values)
}
