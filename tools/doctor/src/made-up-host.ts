import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { isCall } from './calls.ts'

export const doctor = resolve(import.meta.dirname, '../doctor')
const repository = resolve(import.meta.dirname, '../../..')

/** What a program prints; a bare text is its standard output, and it succeeds. */
export type Answer = string | { out?: string; err?: string; exit?: number }

/** A host as a table: its files by path, its programs by their calls. */
export interface Host {
  files: Record<string, string>
  /** In the project's folder. */
  project: Record<string, string>
  modes: Record<string, number>
  programs: Record<string, Record<string, Answer>>
}

export interface Finding {
  kind: 'ok' | 'warning' | 'PROBLEM' | 'unknown'
  sentence: string
  mends: string[]
}

export interface Outcome {
  status: number | null
  text: string
  summary: string
  findings: Map<string, Finding>
}

/** Debian's own, which doctor stands on; nothing else of this machine is in the made-up host's PATH. */
const ground = 'awk bash cat cut date dirname env grep head mktemp rm sed sort stat tail timeout tr wc'.split(
  ' ',
)

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

function double(program: string, answers: Record<string, Answer>): string {
  const cases = Object.entries(answers).map(([args, answer]) => {
    if (!isCall(program, args)) throw new Error(`doctor never calls: ${program} ${args}`)
    const { out = '', err = '', exit = 0 } = typeof answer === 'string' ? { out: answer } : answer
    return `  ${quoted(args)}) printf %s ${quoted(out)}; printf %s ${quoted(err)} >&2; exit ${exit} ;;`
  })
  return `#!/bin/sh
case "$*" in
${cases.join('\n')}
esac
echo "${program} $*" >>"$REFUSED"
echo "${program}: no such call: $*" >&2
exit 64
`
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** Builds the host below a folder of its own, runs doctor on it (or one check) and takes it away again. */
export function examine(
  host: Host,
  only?: string,
  look: Partial<Record<'before' | 'after', (root: string) => void>> = {},
): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'tailboard-host-'))
  try {
    const root = join(folder, 'root')
    const project = join(root, 'home/pi/tailboard')
    mkdirSync(project, { recursive: true })
    for (const each of ['docker-compose.yml', '.env.example', 'traefik', 'redis'])
      cpSync(join(repository, each), join(project, each), { recursive: true })
    for (const [path, text] of Object.entries(host.files)) write(join(root, path), text)
    for (const [path, text] of Object.entries(host.project)) write(join(project, path), text)
    const isRoot = process.getuid?.() === 0
    for (const path of ['.', ...readdirSync(project, { recursive: true, encoding: 'utf8' })]) {
      // As `git clone` by the owner leaves them, whoever runs this.
      const isFolder = existsSync(join(project, path, '.'))
      chmodSync(join(project, path), isFolder ? 0o755 : 0o644)
      if (isRoot) chownSync(join(project, path), 1000, 1000)
    }
    for (const [path, mode] of Object.entries(host.modes))
      if (existsSync(join(project, path))) chmodSync(join(project, path), mode)

    const bin = join(folder, 'bin')
    mkdirSync(bin)
    for (const [program, answers] of Object.entries(host.programs)) {
      write(join(bin, program), double(program, answers))
      chmodSync(join(bin, program), 0o755)
    }
    for (const program of ground) symlinkSync(programPath(program), join(bin, program))

    const refused = join(folder, 'refused')
    look.before?.(root)
    const run = spawnSync(
      join(bin, 'bash'),
      [doctor, ...(only === undefined ? [] : ['--only', only]), '--root', root, '--project', project],
      {
        encoding: 'utf8',
        env: { PATH: bin, REFUSED: refused, USER: 'pi' },
      },
    )
    look.after?.(root)
    if (existsSync(refused))
      throw new Error(`nobody said what these answer:\n${readFileSync(refused, 'utf8')}`)
    if (run.stderr !== '') throw new Error(`doctor complains: ${run.stderr}`)
    return { status: run.status, ...read(run.stdout) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function programPath(program: string): string {
  const folder = ['/usr/bin', '/bin', '/usr/local/bin'].find((each) => existsSync(join(each, program)))
  if (folder === undefined) throw new Error(`this machine has no ${program}`)
  return join(folder, program)
}

/** What doctor printed, as findings by the name of the check. */
export function read(text: string): Omit<Outcome, 'status'> {
  const findings = new Map<string, Finding>()
  let last: Finding | undefined
  for (const line of text.split('\n')) {
    const [, kind, id = '', sentence = ''] =
      /^(ok|warning|PROBLEM|unknown) +([a-z0-9-]+) +(.+)$/.exec(line) ?? []
    const [, mend] = /^ {26}-> (.+)$/.exec(line) ?? []
    if (kind !== undefined) {
      last = { kind: kind as Finding['kind'], sentence, mends: [] }
      findings.set(id, last)
    } else if (mend !== undefined) last?.mends.push(mend)
  }
  return { text, findings, summary: text.trimEnd().split('\n').at(-1) ?? '' }
}
