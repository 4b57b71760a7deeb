// The rows that need an engine of their own, as JSON on standard output: see on-own-engine.ts, which starts this.
import { setTimeout as sleep } from 'node:timers/promises'
import { command, type Double, Project, startDoubles } from '@tailboard/stack'
import { stringify } from 'yaml'
import { diskRows } from './disk.ts'
import { OwnEngine } from './own-engine.ts'
import { pollCosts } from './poll-cost.ts'
import { reboot } from './reboot.ts'
import type { Row } from './row.ts'

const memoryBytes = 900e6
const [folder = '', form] = process.argv.slice(2)
const isShort = form === 'short'
const rows: Row[] = []
const project = new Project('own')
const own = await OwnEngine.create(folder, memoryBytes)
let doubles: Double[] = []
try {
  await own.start()
  const { doubles: started, override } = await startDoubles(['weather', 'pihole', 'tailscale'], folder)
  doubles = [...started.values()]
  await project.create()
  await loadImages()
  await project.writeFile('config/tailboard.yaml', 'version: 1\nsources:\n  weather: { place: Berlin }\n')
  // In front of the engine's own socket, so that the orchestrator speaks to this engine.
  const orchestrator = { volumes: [`${OwnEngine.socket(folder)}:/var/run/docker.sock`] }
  await project.writeFile('own.yml', stringify({ services: { orchestrator } }))
  await project.writeFile('doubles.yml', override)
  project.overrides = ['own.yml', 'doubles.yml']
  rows.push(...(await pollCosts(project, own, isShort)))
  rows.push(...(await diskRows(project, own, isShort)))
  rows.push(...(await reboot(project, own)))
} finally {
  for (const double of doubles) await double.stop()
  await project.remove()
  // A container's group is gone a moment after the container.
  await sleep(500)
  await own.remove()
}
process.stdout.write(JSON.stringify(rows))

/** As they are on the machine's own engine: nothing is built twice. */
async function loadImages(): Promise<void> {
  const list = await project.compose('--profile', 'poll', 'config', '--images')
  const names = list.split('\n').filter((name) => name !== '' && !name.startsWith('traefik'))
  await command('sh', ['-c', `env -u DOCKER_HOST docker save ${names.join(' ')} | docker load -q`])
}
