const prefix = 'com.docker.compose.'

/** The labels by which Compose knows its own. */
export const labelOf = {
  project: `${prefix}project`,
  service: `${prefix}service`,
  oneoff: `${prefix}oneoff`,
  number: `${prefix}container-number`,
  configFiles: `${prefix}project.config_files`,
  workingDir: `${prefix}project.working_dir`,
  environmentFile: `${prefix}project.environment_file`,
  version: `${prefix}version`,
  dependsOn: `${prefix}depends_on`,
  image: `${prefix}image`,
  hash: `${prefix}config-hash`,
  network: `${prefix}network`,
  volume: `${prefix}volume`,
} as const

/** Marks a container as made by the orchestrator: Compose only asks that a hash is there. */
export const ownHashPrefix = 'tailboard-'
