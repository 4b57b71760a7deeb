import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { card } from './cases/card.ts'
import { devices } from './cases/devices.ts'
import { docker } from './cases/docker.ts'
import { files } from './cases/files.ts'
import { network } from './cases/network.ts'
import { pi } from './cases/pi.ts'
import { running } from './cases/running.ts'
import { tailnet } from './cases/tailnet.ts'
import { allSet } from './hosts.ts'
import { doctor, examine } from './made-up-host.ts'

const cases = { ...pi, ...card, ...devices, ...tailnet, ...docker, ...files, ...running, ...network }

describe.each(Object.entries(cases))('%s', (id, rows) => {
  test.each(rows)('%s', (_name, change, kind, sentence, mend) => {
    const host = allSet()
    change(host)
    const { findings, status } = examine(host, id)
    const found = findings.get(id)
    expect(found).toMatchObject({ kind, sentence: expect.stringMatching(sentence) })
    if (mend !== undefined) expect(found?.mends.join('\n')).toMatch(mend)
    else expect(found?.kind, 'what is wrong has a line that mends it').toMatch(/^(ok|unknown)$/)
    expect(status).toBe(kind === 'PROBLEM' ? 1 : 0)
  })
})

test('every check has a host on which it is not ok', () => {
  const { stdout } = spawnSync(doctor, ['--list'], { encoding: 'utf8' })
  const ids = stdout.trim().split('\n')
  expect(Object.keys(cases).sort()).toEqual([...ids].sort())
  for (const id of ids)
    expect(
      cases[id]?.some(([, , kind]) => kind === 'warning' || kind === 'PROBLEM'),
      id,
    ).toBe(true)
})
