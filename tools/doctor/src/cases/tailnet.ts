import { call, listeners, tailscaleStatus } from '../hosts.ts'
import { all, type Case, env, failed, gone, pihole, says, without } from './change.ts'

export const tailnet: Record<string, Case[]> = {
  tailscaled: [
    [
      'not installed',
      all(gone('/var/run/tailscale/tailscaled.sock'), without('tailscale')),
      'warning',
      /not installed\. Only the networks/,
      /install\.sh/,
    ],
    [
      'not running, and nobody else may',
      all(gone('/var/run/tailscale/tailscaled.sock'), env('')),
      'PROBLEM',
      /not running\. So nobody/,
      /enable --now tailscaled/,
    ],
  ],
  tailnet: [
    [
      'logged out',
      all(env(''), says('tailscale', call.tailscale, { out: tailscaleStatus('NeedsLogin', false), exit: 1 })),
      'PROBLEM',
      /logged out/,
      /tailscale up/,
    ],
    [
      'switched off',
      says('tailscale', call.tailscale, tailscaleStatus('Stopped', false)),
      'warning',
      /switched off/,
      /tailscale up/,
    ],
    [
      'not approved',
      all(env(''), says('tailscale', call.tailscale, tailscaleStatus('NeedsMachineAuth'))),
      'PROBLEM',
      /approved/,
      /admin/,
    ],
    [
      'starting',
      says('tailscale', call.tailscale, tailscaleStatus('Starting')),
      'warning',
      /starting/,
      /wait/,
    ],
    [
      'out of contact',
      says('tailscale', call.tailscale, tailscaleStatus('Running', false)),
      'warning',
      /not in contact/,
      /netcheck/,
    ],
    [
      'no sense',
      says('tailscale', call.tailscale, failed('failed to connect to local tailscaled')),
      'unknown',
      /does not say/,
    ],
    ['not running', gone('/var/run/tailscale/tailscaled.sock'), 'unknown', /see tailscaled/],
  ],
  'tailnet-dns': [
    ['a Pi-hole here, its DNS from the tailnet', pihole, 'warning', /circle/, /accept-dns=false/],
    [
      'a Pi-hole in a container',
      says('ss', '-H -ltnp', listeners(['0.0.0.0:53', 'pihole-FTL'])),
      'warning',
      /circle/,
      /accept-dns=false/,
    ],
    [
      'a Pi-hole here, its DNS its own',
      all(pihole, says('tailscale', 'debug prefs', '{ "CorpDNS": false }')),
      'ok',
      /its own/,
    ],
    ['a Pi-hole here, no Tailscale', all(pihole, without('tailscale')), 'unknown', /see tailscaled/],
  ],
}
