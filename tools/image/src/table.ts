import { run } from './run.ts'

/** An image's layers, lowest first, with the bytes of each. */
export interface Layers {
  name: string
  layers: { id: string; bytes: number }[]
}

/** The layers of an image of the engine: what its history and its list of layers say together. */
export async function readLayers(name: string, image: string): Promise<Layers> {
  const ids = JSON.parse(
    await run('docker', ['image', 'inspect', '-f', '{{json .RootFS.Layers}}', image]),
  ) as string[]
  const history = (
    await run('docker', [
      'history',
      '--no-trunc',
      '--human=false',
      '--format',
      '{{.Size}} {{.CreatedBy}}',
      image,
    ])
  )
    .trim()
    .split('\n')
    .reverse()
    // A line that changed no file has no layer; WORKDIR has one although it says 0.
    .filter((line) => /^[1-9]|^0 (COPY|RUN|ADD|WORKDIR) /.test(line))
  if (history.length !== ids.length)
    throw new Error(`${image} has ${ids.length} layers and ${history.length} lines of history that make one`)
  return { name, layers: ids.map((id, index) => ({ id, bytes: Number(history[index]?.split(' ')[0]) })) }
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)

/** A table of images: what each has of its own, and what is stored once for several. */
export function sizeTable(images: readonly Layers[]): string {
  const users = new Map<string, number>()
  const sizes = new Map<string, number>()
  for (const { layers } of images) {
    for (const { id, bytes } of layers) {
      users.set(id, (users.get(id) ?? 0) + 1)
      sizes.set(id, bytes)
    }
  }
  const sum = (bytes: readonly number[]) => bytes.reduce((all, each) => all + each, 0)
  const rows = images.map(({ name, layers }) => {
    const shared = sum(layers.filter(({ id }) => (users.get(id) ?? 0) > 1).map(({ bytes }) => bytes))
    const whole = sum(layers.map(({ bytes }) => bytes))
    return [name, megabytes(whole), megabytes(shared), megabytes(whole - shared)]
  })
  const stored = megabytes(sum([...sizes.values()]))
  const head = ['image', 'MB', 'of it shared', 'its own']
  const all = [head, ...rows, ['all, as stored', stored, '', '']]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return all.map(line).join('\n')
}
