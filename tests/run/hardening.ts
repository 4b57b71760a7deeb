// `make hardening`: what docker inspect says of the containers of a compose project. The tests hold the same to account.
//   node tests/run/hardening.ts [PROJECT]
import { docker } from '@tailboard/stack'
import { hardeningTable } from '../stack/hardening-table.ts'

const project = process.argv[2] ?? 'tailboard'
const found = await docker.listContainers({
  all: true,
  filters: { label: [`com.docker.compose.project=${project}`, 'com.docker.compose.config-hash'] },
})
if (found.length === 0) {
  console.error(`there is no container of the project ${project}. Start it with: docker compose up -d`)
  process.exit(1)
}
console.log(await hardeningTable(found.map(({ Id }) => Id)))
