import { expect, it } from 'vitest'
import { tailLines } from './log-tail.ts'
import { candidateIds } from './self.ts'

const id = 'ab'.repeat(32)

it('knows its container by what /etc/hostname is mounted from, not by a folder that happens to look so', () => {
  const mountinfo = [
    `500 1 0:1 /var/lib/docker/containers/${'cd'.repeat(32)}/x /host/x rw - ext4 /dev/a rw`,
    `501 1 0:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/a rw`,
  ].join('\n')
  expect(candidateIds(mountinfo, '0::/', 'chosen-name')).toEqual([id])
  expect(candidateIds('', `12:memory:/docker/${id}`, id.slice(0, 12))).toEqual([id, id.slice(0, 12)])
  expect(candidateIds('', '0::/', 'laptop')).toEqual([])
})

it('reads the engine’s framed log, and a terminal’s bare one', () => {
  const frame = (stream: number, text: string) =>
    Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)])
  expect(tailLines(Buffer.concat([frame(2, 'err\n'), frame(1, 'out'), frame(1, 'put\n')]))).toEqual([
    'err',
    'output',
  ])
  expect(tailLines(Buffer.from('plain text\nmore'))).toEqual(['plain text', 'more'])
  expect(tailLines(frame(1, Array.from({ length: 50 }, (_, i) => i).join('\n')))).toHaveLength(20)
})
