/** A status as tailscaled tells it, made up. The same moment has the same values, and traffic only grows. */
export interface StatusOptions {
  backendState?: string
  /** Whether tailscaled is in contact with the servers of Tailscale. */
  isOnline?: boolean
  health?: string[]
  /** Devices besides the usual ones, each with a CapMap as large as real ones have. */
  extraPeers?: number
  /** When tailscaled was started: its counters begin there (ms since 1970). */
  startedMs?: number
}

const zero = '0001-01-01T00:00:00Z'
const day = 86_400_000
const suffix = 'tail1234.ts.net'
/** Beyond 2^53, where a number in JavaScript loses its last digits: the two differ in these alone. */
export const users = { alice: '9007199254740993', bob: '9007199254740992', tagged: '42' }

const iso = (ms: number) => new Date(ms).toISOString().replace('Z', '123456Z')
const nodeKey = (n: number) => `nodekey:${n.toString(16).padStart(64, '0')}`
const addresses = (n: number) => [
  `100.64.${Math.floor(n / 250)}.${(n % 250) + 1}`,
  `fd7a:115c:a1e0::${(n + 1).toString(16)}`,
]

type Fields = Record<string, unknown>

/** As Go's json.MarshalIndent writes it: with tabs, and whole numbers of 64 bits. */
export function statusText(nowMs: number, options: StatusOptions = {}): string {
  return JSON.stringify(status(nowMs, options), null, '\t')
}

function status(nowMs: number, options: StatusOptions): Fields {
  const { backendState = 'Running', isOnline = backendState === 'Running', extraPeers = 0 } = options
  const isLoggedIn = !['NeedsLogin', 'NoState', 'InUseOtherUser'].includes(backendState)
  const health = options.health ?? (isOnline ? [] : ['Tailscale is stopped.'])
  const version = { Version: '1.96.4-t1241b225b-g0520dfda5', TUN: true, BackendState: backendState }
  if (!isLoggedIn) {
    return {
      ...version,
      AuthURL: backendState === 'NeedsLogin' ? 'https://login.tailscale.com/a/0123456789ab' : '',
      TailscaleIPs: null,
      Self: {
        ID: '',
        PublicKey: nodeKey(0),
        HostName: 'raspberrypi',
        DNSName: '',
        OS: 'linux',
        UserID: 0,
        Online: false,
      },
      Health: health,
      MagicDNSSuffix: '',
      CurrentTailnet: null,
      CertDomains: null,
      Peer: null,
      User: null,
      ClientVersion: null,
    }
  }
  const list = peers(nowMs, options.startedMs ?? nowMs - day, isOnline, extraPeers)
  return {
    ...version,
    HaveNodeKey: true,
    AuthURL: '',
    TailscaleIPs: addresses(0),
    Self: {
      ...peer(0, { HostName: 'raspberrypi', Online: isOnline, KeyExpiry: iso(nowMs + 12 * day) }),
      CapMap: capMap(60),
    },
    Health: health,
    MagicDNSSuffix: suffix,
    CurrentTailnet: { Name: 'alice@example.com', MagicDNSSuffix: suffix, MagicDNSEnabled: true },
    CertDomains: [`raspberrypi.${suffix}`],
    ExtraRecords: null,
    Peer: Object.fromEntries(list.map((each, n) => [nodeKey(n + 1), each])),
    User: Object.fromEntries([
      user(users.alice, 'alice@example.com', 'Alice'),
      user(users.bob, 'bob@example.com', 'Bob'),
      user(users.tagged, 'tagged-devices', 'Tagged Devices'),
    ]),
    ClientVersion: { RunningLatest: false, LatestVersion: '1.98.8', Notify: true },
  }
}

function user(id: string, LoginName: string, DisplayName: string): [string, Fields] {
  return [id, { ID: raw(id), LoginName, DisplayName }]
}

function peers(nowMs: number, startedMs: number, isOnline: boolean, extra: number): Fields[] {
  const upS = Math.max(0, (nowMs - startedMs) / 1000)
  const traffic = (perS: number) => ({
    RxBytes: Math.floor(upS * perS),
    TxBytes: Math.floor(upS * perS * 0.4),
  })
  const moving = { Online: true, Active: isOnline, LastHandshake: iso(nowMs - 30_000) }
  const home = [
    peer(1, {
      HostName: 'Alice’s laptop',
      DNSName: `laptop.${suffix}.`,
      OS: 'macOS',
      ...moving,
      CurAddr: isOnline ? '192.168.1.30:41641' : '',
      ...traffic(2400),
      KeyExpiry: iso(nowMs + 90 * day),
    }),
    peer(2, {
      HostName: 'localhost',
      DNSName: `phone.${suffix}.`,
      OS: 'iOS',
      ...moving,
      ...traffic(310),
      UserID: raw(users.bob),
      KeyExpiry: iso(nowMs + 20 * day),
    }),
    peer(3, {
      HostName: 'nas',
      Tags: ['tag:server'],
      UserID: raw(users.tagged),
      ...moving,
      PeerRelay: isOnline ? '203.0.113.9:7777:vni:1' : '',
      ...traffic(1200),
    }),
    peer(4, {
      HostName: 'tablet',
      OS: 'android',
      LastSeen: iso(nowMs - 3 * 3_600_000),
      KeyExpiry: iso(nowMs + 60 * day),
    }),
    peer(5, {
      HostName: 'old-pc',
      OS: 'windows',
      LastSeen: iso(nowMs - 40 * day),
      Expired: true,
      KeyExpiry: iso(nowMs - 10 * day),
    }),
    peer(6, { HostName: 'never-seen', OS: 'linux' }),
    peer(7, { HostName: 'router', Online: true, ExitNodeOption: true, PrimaryRoutes: ['192.168.8.0/24'] }),
    peer(8, { HostName: 'friend', DNSName: 'friend.other5678.ts.net.', ShareeNode: true, Online: true }),
    ...['Zurich', 'Oslo', 'Vienna'].map((City, n) =>
      peer(20 + n, {
        HostName: `${City.toLowerCase()}-wg-001`,
        DNSName: `${City.toLowerCase()}-wg-001.mullvad.ts.net.`,
        OS: '',
        Online: true,
        ExitNodeOption: true,
        Location: {
          Country: 'Country',
          CountryCode: 'XX',
          City,
          CityCode: 'XXX',
          Latitude: 47.3,
          Longitude: 8.5,
          Priority: 100,
        },
      }),
    ),
  ]
  for (let n = 0; n < extra; n++) {
    home.push({
      ...peer(100 + n, {
        HostName: `device-${n}`,
        Online: n % 3 === 0,
        LastSeen: n % 3 === 0 ? zero : iso(nowMs - n * 60_000),
        KeyExpiry: iso(nowMs + 100 * day),
      }),
      CapMap: capMap(12),
    })
  }
  return home
}

function peer(n: number, own: Fields): Fields {
  return {
    ID: `n${n}CNTRL`,
    NodeID: raw(String(9_007_199_254_740_993n + BigInt(n))),
    PublicKey: nodeKey(n),
    HostName: '',
    DNSName: `${own.HostName}.${suffix}.`,
    OS: 'linux',
    UserID: raw(users.alice),
    TailscaleIPs: addresses(n),
    AllowedIPs: addresses(n).map((address) => `${address}/${address.includes(':') ? 128 : 32}`),
    Addrs: [],
    CurAddr: '',
    Relay: 'fra',
    PeerRelay: '',
    RxBytes: 0,
    TxBytes: 0,
    Created: '2024-03-01T10:00:00Z',
    LastWrite: zero,
    LastSeen: zero,
    LastHandshake: zero,
    Online: false,
    ExitNode: false,
    ExitNodeOption: false,
    Active: false,
    PeerAPIURL: [`http://${addresses(n)[0]}:36513`],
    TaildropTarget: 0,
    NoFileSharingReason: '',
    InNetworkMap: true,
    InMagicSock: true,
    InEngine: false,
    ...own,
  }
}

function capMap(entries: number): Fields {
  return Object.fromEntries(
    Array.from({ length: entries }, (_, n) => [
      `https://tailscale.com/cap/made-up-${n}`,
      n % 3 === 0 ? [{ nodes: ['"}],{[', 'src'], level: n }] : null,
    ]),
  )
}

/** A number with every digit it has. */
function raw(digits: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits)
}
