/** One family of the Prometheus text format: its samples stand together under one HELP and TYPE. */
export interface Family {
  help: string
  type: 'gauge' | 'counter'
  samples: { labels: Record<string, string>; value: number }[]
}

/** Prometheus's text format, version 0.0.4. */
export class MetricsText {
  readonly #families = new Map<string, Family>()

  add(
    name: string,
    type: Family['type'],
    help: string,
    value: number,
    labels: Record<string, string> = {},
  ): void {
    const family = this.#families.get(name) ?? { help, type, samples: [] }
    this.#families.set(name, family)
    family.samples.push({ labels, value })
  }

  toString(): string {
    const lines: string[] = []
    for (const [name, { help, type, samples }] of this.#families) {
      lines.push(
        `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
        `# TYPE ${name} ${type}`,
      )
      for (const { labels, value } of samples) {
        const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
        lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`)
      }
    }
    return `${lines.join('\n')}\n`
  }
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
