import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { ProjectLocation } from '../../compose/project.ts'

const run = promisify(execFile)

/** Whether the run of tests was told that this machine has no engine; else a missing engine is a failure. */
export const lacksEngine = (process.env.TAILBOARD_WITHOUT ?? '').split(',').includes('engine')

/** A compose project in a temporary folder, driven with the real `docker compose`. */
export class ComposeProject {
  readonly folder: string
  readonly location: ProjectLocation

  private constructor(folder: string, location: ProjectLocation) {
    this.folder = folder
    this.location = location
  }

  static async make(
    files: Record<string, string>,
    configFiles = ['docker-compose.yml'],
  ): Promise<ComposeProject> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'tb-orch-'))
    const project = await ComposeProject.at(folder, path.basename(folder).toLowerCase(), configFiles)
    for (const [name, text] of Object.entries(files)) await project.write(name, text)
    return project
  }

  /** A folder that is there already, under a project name of the test's own. */
  static async at(
    folder: string,
    name: string,
    configFiles = ['docker-compose.yml'],
  ): Promise<ComposeProject> {
    const version = (await run('docker', ['compose', 'version', '--short'])).stdout.trim()
    return new ComposeProject(folder, {
      name,
      workingDir: folder,
      folder,
      configFiles: configFiles.map((file) => path.join(folder, file)),
      envFiles: [],
      composeVersion: version.replace(/-\d+$/, ''),
    })
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(path.dirname(path.join(this.folder, name)), { recursive: true })
    await writeFile(path.join(this.folder, name), text)
  }

  /** Standard output of `docker compose` with every profile on; its own words are in the error when it fails. */
  async compose(...args: string[]): Promise<string> {
    return await this.plainCompose('--profile', '*', ...args)
  }

  async plainCompose(...args: string[]): Promise<string> {
    const files = this.location.configFiles.flatMap((file) => ['-f', file])
    const { stdout } = await run('docker', ['compose', '-p', this.location.name, ...files, ...args], {
      cwd: this.folder,
    })
    return stdout
  }

  async remove(): Promise<void> {
    await this.compose('down', '-v', '--rmi', 'local', '--remove-orphans', '-t', '0').catch(() => {})
    // Each rebuild leaves the image before it without a name.
    await run('docker', [
      'image',
      'prune',
      '-f',
      '--filter',
      `label=com.docker.compose.project=${this.location.name}`,
    ])
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Standard output of `docker`. */
export async function docker(...args: string[]): Promise<string> {
  return (await run('docker', args)).stdout.trim()
}
