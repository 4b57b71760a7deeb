import path from 'node:path'
import Docker from 'dockerode'
import { afterAll, describe, expect, test } from 'vitest'
import { loadProject } from '../compose/project.ts'
import { ComposeProject, lacksEngine } from './testing/compose-project.ts'
import { parityDifferences } from './testing/parity.ts'

const repository = path.resolve(import.meta.dirname, '../../../..')

describe.skipIf(lacksEngine)('the compose file of this repository', async () => {
  const docker = new Docker()
  const project = await ComposeProject.at(repository, `tbparity-${process.pid}`)
  const services = [...(await loadProject(project.location)).services.keys()].filter((name) =>
    name.startsWith('source-'),
  )

  afterAll(() => project.compose('down', '-v', '-t', '0'))

  test('has sources in a profile', () => {
    expect(services).toContain('source-system')
  })

  test.each(services)(
    '%s: what the orchestrator makes equals what docker compose create makes',
    async (service) => {
      await project.compose('build', service)
      const differences = await parityDifferences(docker, project.location, service, (name) =>
        project.compose('create', name),
      )
      expect(differences).toEqual([])
    },
  )
})
