import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { tableEdits } from './tables.ts'

const templates = join(import.meta.dirname, '../template')
const read = (path: string) => readFileSync(path, 'utf8')

/** Writes everything that a new source needs, but for what other programs make of it; the paths, in order. */
export function scaffold(root: string, name: string): string[] {
  const component = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const fill = (text: string) =>
    text
      .replaceAll('__name__', name)
      .replaceAll('__Name__', component)
      .replaceAll('__NAME__', name.toUpperCase())
  const files = new Map<string, string>()

  for (const entry of readdirSync(join(templates, 'app'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const target = relative(templates, path)
      .replace(/^app/, `apps/${name}`)
      .replace(/\.txt$/, '')
    files.set(fill(target), fill(read(path)))
  }
  // What every app has alike is taken from one that is tested.
  for (const own of ['turbo.json', 'tsconfig.json'])
    files.set(`apps/${name}/${own}`, read(join(root, 'apps/weather', own)))
  const dockerfile = read(join(root, 'apps/weather/Dockerfile'))
  files.set(
    `apps/${name}/Dockerfile`,
    dockerfile
      .replaceAll('apps/weather', `apps/${name}`)
      .replaceAll('@tailboard/weather', `@tailboard/${name}`)
      .replace(/Tailboard: the \w+ source/, `Tailboard: the ${name} source`)
      .replace(/^USER .*/m, 'USER 1000:1000'),
  )
  files.set(`packages/contracts/src/sources/${name}.ts`, fill(read(join(templates, 'contract.ts.txt'))))
  files.set(`apps/frontend/src/cards/${component}.svelte`, fill(read(join(templates, 'Card.svelte.txt'))))

  // All of them before the first is written: a table that has changed its shape leaves nothing half done.
  for (const { path, edit } of tableEdits(name, component, fill(read(join(templates, 'service.yml.txt'))))) {
    files.set(path, edit(read(join(root, path))))
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return [...files.keys()]
}
