import { allVariables } from '@tailboard/contracts'

const width = 118

/** Words in lines of at most `width`, each after `# `. */
export function comment(text: string): string {
  const lines = ['']
  for (const word of text.split(/\s+/)) {
    const last = lines.length - 1
    const longer = `${lines[last]} ${word}`.trim()
    if (longer.length + 2 <= width) lines[last] = longer
    else lines.push(word)
  }
  return lines.map((line) => `# ${line}`).join('\n')
}

/** .env.example: what an owner may set, by group, each with the default that holds without it. */
export function renderEnvExample(): string {
  const groups = new Map<string, string[]>()
  for (const { name, variable } of allVariables()) {
    if (variable.group === undefined) continue
    const entry = [comment(variable.description), `${name}=${variable.default ?? ''}`]
    if (variable.secret === true)
      entry.push(
        comment(`Or the name of a file that holds it: /run/secrets/FILE is secrets/…/FILE in this folder.`),
        `${name}_FILE=`,
      )
    const group = groups.get(variable.group) ?? []
    group.push(entry.join('\n'))
    groups.set(variable.group, group)
  }
  const head = comment(
    'What differs from machine to machine. Nothing here must be set: without a .env every default below holds. Copy this file to .env, change what you need, then run: docker compose up -d',
  )
  const made = comment('Made from packages/contracts by tools/docs: change it there.')
  const sections = [...groups].map(([group, entries]) => `# --- ${group} ---\n\n${entries.join('\n\n')}`)
  return `${head}\n${made}\n\n${sections.join('\n\n')}\n`
}
