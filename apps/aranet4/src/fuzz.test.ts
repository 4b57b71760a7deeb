import { aranet4, aranet4Data } from '@tailboard/contracts/sources/aranet4'
import { stampNow } from '@tailboard/service/clock'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { seededRandom } from '@tailboard/service/testing/mutate'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { vectors } from '../testing/vectors.ts'
import { toDevice, toNearby } from './devices.ts'
import { HeardDevices } from './heard.ts'

const count = process.env.SOAK === '1' ? 100_000 : 10_000
const address = 'c7:18:1e:21:f4:87'
const names = [
  null,
  'Aranet4 12345',
  'Aranet2 1',
  'Aranet\u2622 1',
  'AranetRn+ 1',
  '\u202eevil\u0000'.repeat(50),
]

function damage(payload: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(payload)
  const pick = (most: number) => Math.floor(random() * most)
  for (let rounds = 1 + pick(4); rounds > 0; rounds--) {
    if (bytes.length > 0) bytes[pick(bytes.length)] = pick(256)
  }
  const chance = random()
  if (chance < 0.2) return bytes.subarray(0, pick(bytes.length + 1))
  if (chance < 0.3) return Buffer.concat([bytes, Buffer.alloc(pick(230), pick(256))])
  return bytes
}

test(`${count} damaged advertisements: each is nothing, or a device as the contract has it`, () => {
  const random = seededRandom(4)
  const time = new FakeTime()
  const outcomes: Record<string, number> = {}
  for (let n = 0; n < count; n++) {
    const vector = vectors[n % vectors.length]
    const payload = damage(Buffer.from(vector?.hex ?? '', 'hex'), random)
    const name = random() < 0.5 ? (vector?.localName ?? null) : (names[n % names.length] ?? null)
    const heard = new HeardDevices([address], () => stampNow(time))
    heard.add({ address, name, payload, rssiDbm: -60 })
    const device = heard.get(address)
    const moment = { now: stampNow(time), pollS: 120 }
    const data = {
      devices: [toDevice({ address, name: '' }, device, null, moment)],
      nearby: device === undefined ? [] : [toNearby(device)],
    }
    const result = v.safeParse(aranet4Data, data)
    if (!result.success)
      throw new Error(`${payload.toString('hex')}: ${JSON.stringify(v.flatten(result.issues))}`)
    const outcome = device?.decoded.content ?? 'nothing'
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  console.log(JSON.stringify(outcomes))
  for (const outcome of ['nothing', 'values', 'withheld', 'cut'])
    expect(outcomes[outcome]).toBeGreaterThan(count / 50)
})

test.each([
  ['no address', [{ name: 'x' }], 'devices.0.address'],
  ['an address that is none', [{ address: 'c7:18:1e:21:f4' }], 'such as c7:18:1e:21:f4:87'],
  ['one address twice', [{ address: 'C7-18-1E-21-F4-87' }, { address }], 'must name each address once'],
  [
    'nine devices',
    Array.from({ length: 9 }, (_, n) => ({ address: `c7:18:1e:21:f4:8${n}` })),
    '8 devices or fewer',
  ],
  ['no list', 'c7', 'must be a list of devices'],
  ['a device that is text', [address], 'must be a device: address and name'],
])('a list with %s is refused in the owner’s words', (_name, devices, says) => {
  const result = v.safeParse(v.object(aranet4.settings), { devices })
  const reasons = result.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`).join('; ')
  expect(reasons).toContain(says)
})
