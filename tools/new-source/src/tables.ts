/** A change to a file that holds one entry a source. */
export interface TableEdit {
  path: string
  edit: (text: string) => string
}

/** Puts `line` right before the first place that `before` finds. @throws Error when that is not there. */
function insertBefore(text: string, before: RegExp, line: string): string {
  const at = text.search(before)
  if (at === -1) throw new Error(`found no place for: ${line.trim()}`)
  return text.slice(0, at) + line + text.slice(at)
}

/** Every table that a new source stands in, with its entry. `service` is its part of docker-compose.yml. */
export function tableEdits(name: string, component: string, service: string): TableEdit[] {
  return [
    {
      path: 'packages/contracts/src/sources/index.ts',
      edit: (text) => {
        const imported = insertBefore(text, /\n\/\*\*/, `import { ${name} } from './${name}.ts'\n`)
        return imported.replace(/(export const sources = \{[^}]*?),?(\s*\} as const)/, `$1, ${name}$2`)
      },
    },
    {
      path: 'apps/frontend/src/cards/index.ts',
      edit: (text) => {
        const imported = insertBefore(text, /\n\/\*\*/, `import ${component} from './${component}.svelte'\n`)
        return imported.replace(/(export const cards[^=]*= \{[^}]*?),?(\s*\})/, `$1, ${name}: ${component}$2`)
      },
    },
    { path: 'docker-compose.yml', edit: (text) => insertBefore(text, /^networks:\n/m, service) },
    {
      path: 'docker-bake.hcl',
      edit: (text) => insertBefore(text, /^ {6}"weather",\n/m, `      "${name}",\n`),
    },
    {
      path: 'tests/repository/compose.test.ts',
      edit: (text) =>
        insertBefore(
          text,
          /^ {2}'source-weather':/m,
          `  'source-${name}': { user: '1000:1000', memory: '48m', life: 'poll' },\n`,
        ),
    },
    {
      path: 'tests/stack/hardening.test.ts',
      edit: (text) =>
        insertBefore(
          text,
          /^ {2}'source-weather':/m,
          `  'source-${name}': { user: /^1000:1000$/, memory: 48, restart: 'no' },\n`,
        ),
    },
    {
      path: 'tools/demo/src/stand-ins.ts',
      edit: (text) =>
        insertBefore(
          text,
          /^ {2}weather: \{/m,
          `  ${name}: {\n    script: 'testing/double.ts',\n    args: ({ port }) => [String(port)],\n    gives: ['${name.toUpperCase()}_URL'],\n  },\n`,
        ),
    },
  ]
}
