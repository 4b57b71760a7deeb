/** Collects the variables that a stand-in prints, until all that are wanted are there. */
export class PrintedVariables {
  readonly values: Record<string, string> = {}
  /** Fulfilled when every wanted one was printed. */
  readonly whole: Promise<void>
  readonly #wanted: Set<string>
  #resolve: () => void = () => {}

  constructor(wanted: readonly string[]) {
    this.#wanted = new Set(wanted)
    this.whole = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  line(line: string): void {
    const [, name = '', value = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? []
    if (!this.#wanted.has(name)) return
    this.values[name] = value
    if (Object.keys(this.values).length === this.#wanted.size) this.#resolve()
  }
}
