import { type ExecFileOptions, execFile } from 'node:child_process'

export interface CommandResult {
  code: number
  stdout: string
  stderr: string
}

/** Runs a program to its end. A code other than 0 is an answer, not an exception. */
export function tryCommand(
  file: string,
  args: string[],
  options: ExecFileOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      file,
      args,
      { maxBuffer: 32 * 1024 * 1024, ...options, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ code, stdout: String(stdout), stderr: String(stderr) || (error?.message ?? '') })
      },
    )
  })
}

/** Runs a program that must succeed, and answers its standard output. */
export async function command(file: string, args: string[], options: ExecFileOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryCommand(file, args, options)
  if (code !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${stderr}\n${stdout.slice(-2_000)}`)
  return stdout
}
