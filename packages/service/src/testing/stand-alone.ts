import { createInterface } from 'node:readline'

interface Double<F extends string> {
  readonly environment: Record<string, string>
  fault: F | null
  stop(): Promise<void>
}

/**
 * A double as a program of its own, for the demo and the tests of the whole stack. It prints its variables as NAME=value and
 * ends at a signal. Standard input turns its knobs, a line each: `fault NAME` (`fault` alone: none any more), answered by
 * `fault=NAME`, and each word of `tells`, answered by `WORD=JSON`.
 */
export function standAlone<F extends string>(
  double: Double<F>,
  faults: Record<F, unknown>,
  tells: Record<string, () => unknown> = {},
): void {
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    const [word = '', ...rest] = line.trim().split(' ')
    const name = rest.join(' ')
    const tell = tells[word]
    if (tell !== undefined) console.log(`${word}=${JSON.stringify(tell())}`)
    else if (word !== 'fault' || (name !== '' && !Object.hasOwn(faults, name)))
      console.log(`unknown=${JSON.stringify(line)}`)
    else {
      double.fault = name === '' ? null : (name as F)
      console.log(`fault=${name}`)
    }
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      lines.close()
      void double.stop()
    })
  }
  // Last: whoever reads them may end it at once.
  for (const [name, value] of Object.entries(double.environment)) console.log(`${name}=${value}`)
}
