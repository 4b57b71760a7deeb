import type { Logger } from '@tailboard/service'
import type { Launcher } from './launcher.ts'

export interface LauncherOptions {
  LAUNCHER: 'docker' | 'process'
  DOCKER_SOCKET: string
  PROJECT_DIR: string
  SIMULATED_SOURCES: string[]
}

/** The launcher that the environment names. Only that one is loaded: the engine's client alone is megabytes. */
export async function createLauncher(options: LauncherOptions, log: Logger): Promise<Launcher> {
  if (options.LAUNCHER === 'process') {
    const { ProcessLauncher } = await import('./process/process-launcher.ts')
    return new ProcessLauncher(options.PROJECT_DIR, { simulated: options.SIMULATED_SOURCES })
  }
  const { ContainerLauncher } = await import('./containers/container-launcher.ts')
  return new ContainerLauncher(options.DOCKER_SOCKET, options.PROJECT_DIR, log)
}
