import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** One check by name. */
export interface Step {
  name: string
  command: [string, ...string[]]
  /** Judges the output of a command that succeeded; what is wrong with it, or null. */
  judge?: (output: string) => string | null
}

/** Turbo's last lines say `Cached: 3 cached, 5 total`. */
export function judgeAllCached(output: string): string | null {
  const found = /Cached:\s+(\d+) cached, (\d+) total/.exec(output)
  if (found === null) return 'turbo did not say what it took from its cache'
  return found[1] === found[2] ? null : `only ${found[1]} of ${found[2]} came from the cache`
}

export const build: Step = { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'] }

export const checks: Step[] = [
  { name: 'format and lint', command: ['biome', 'check', '.'] },
  { name: 'types', command: ['turbo', 'run', 'typecheck', '--output-logs=errors-only'] },
  { name: 'who may import whom', command: ['turbo', 'boundaries'] },
  { name: 'documents up to date', command: ['node', 'tools/docs/src/contract.ts', '--check'] },
]

export const builds: Step[] = [
  build,
  { ...build, name: 'a second build is all cache hits', judge: judgeAllCached },
]

/** On the engine, at the end: the tests have brought the images up to date. */
export const budget: Step = {
  name: 'no line of the budget is crossed',
  command: ['node', 'bench/src/main.ts', '--short'],
}

/** Runs a step and prints one line, with the output when it failed. */
export async function runStep(
  { name, command: [program, ...args], judge }: Step,
  print: (line: string) => void = console.log,
): Promise<boolean> {
  const started = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const take = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const [code] = (await once(child, 'close')) as [number | null]
  const problem = code === 0 ? (judge?.(output) ?? null) : `${program} ended with ${code}`
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  print(
    `${problem === null ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)${problem === null ? '' : `: ${problem}`}`,
  )
  if (problem !== null) print(output.trimEnd().replace(/^/gm, '     '))
  return problem === null
}
