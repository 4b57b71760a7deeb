import { afterEach, beforeEach, expect, test } from 'vitest'
import { addressesByInterface, parseIfInet6, parseLocalAddresses } from './addresses.ts'
import { isHostInterface, parseNetDev, readNetwork } from './network.ts'
import { PiTree, readFixture } from './testing/pi-tree.ts'

let pi: PiTree
beforeEach(async () => {
  pi = await new PiTree().start()
})
afterEach(() => pi[Symbol.asyncDispose]())

test('the host’s own interfaces, hardware first, with their addresses', async () => {
  expect(await readNetwork(pi.roots)).toEqual([
    { name: 'eth0', isUp: false, addresses: [], receivedBytes: 0, sentBytes: 0 },
    {
      name: 'wlan0',
      isUp: true,
      addresses: ['192.168.1.20', '2001:db8:1::20'],
      receivedBytes: 123_456_789,
      sentBytes: 23_456_789,
    },
    {
      name: 'tailscale0',
      isUp: true,
      addresses: ['100.101.102.103', 'fd7a:115c:a1e0::a65:d867'],
      receivedBytes: 4_410_022,
      sentBytes: 9_910_022,
    },
  ])
})

test.each([
  'eth0',
  'wlan0',
  'end0',
  'enx0011',
  'usb0',
  'wwan0',
  'tailscale0',
  'wg0',
  'bond0',
  'br0',
  'br-lan',
])('%s is the host’s own', (name) => expect(isHostInterface(name)).toBe(true))

test.each([
  'lo',
  'vethc7974d7',
  'br-6f1b2c3d4e5f',
  'docker0',
  'docker_gwbridge',
  'virbr0',
  'ifb1',
  'sit0',
  'cni0',
])('%s is not', (name) => expect(isHostInterface(name)).toBe(false))

test('without /sys an interface with an address is up', async () => {
  await pi.remove('sys')
  expect((await readNetwork(pi.roots)).map(({ name, isUp }) => [name, isUp])).toEqual([
    ['eth0', false],
    ['wlan0', true],
    ['tailscale0', true],
  ])
})

test('without IPv6 and routing tables the counters are still there', async () => {
  for (const name of ['fib_trie', 'route', 'if_inet6']) await pi.remove(`proc/1/net/${name}`)
  expect((await readNetwork(pi.roots)).map(({ addresses }) => addresses)).toEqual([[], [], []])
})

test('at most 16 interfaces, however many there are', async () => {
  const many = Array.from({ length: 300 }, (_, index) => `wg${index}:1 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0`)
  await pi.write('proc/1/net/dev', `head\nhead\n${many.join('\n')}\n`)
  expect(await readNetwork(pi.roots)).toHaveLength(16)
})

test.each(['h\nh\neth0 1 2 3', 'h\nh\neth0: x 0 0 0 0 0 0 0 1', 'h\nh\neth0: 1 2'])(
  'malformed is said: %j',
  (text) => {
    expect(() => parseNetDev(text)).toThrow(expect.objectContaining({ kind: 'malformed' }))
  },
)

test('two interfaces in one network: whose the address is can’t be told', async () => {
  const route = `${await readFixture('route.txt')}eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n`
  const found = addressesByInterface({
    names: ['eth0', 'wlan0'],
    fibTrie: await readFixture('fib_trie.txt'),
    route,
    ifInet6: '',
  })
  expect([...found]).toEqual([
    ['eth0', []],
    ['wlan0', []],
  ])
})

test('no loopback, broadcast, link-local or temporary address', async () => {
  expect(parseLocalAddresses(await readFixture('fib_trie.txt'))).toEqual([
    '100.101.102.103',
    '172.17.0.1',
    '172.18.0.1',
    '192.168.1.20',
  ])
  expect(parseIfInet6(await readFixture('if_inet6.txt')).map(({ address }) => address)).toEqual([
    '2001:db8:1::20',
    'fd7a:115c:a1e0::a65:d867',
  ])
})
