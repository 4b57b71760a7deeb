import { call, containers } from '../hosts.ts'
import { all, type Case, env, nothingRuns, says, without, withStates } from './change.ts'

export const running: Record<string, Case[]> = {
  services: [
    ['nothing', nothingRuns, 'PROBLEM', /Nothing of Tailboard/, /docker compose up -d/],
    [
      'one without a container',
      says('docker', call.containers, containers().replace(/^redis.*\n/, '')),
      'PROBLEM',
      /no container of redis/,
      /up -d/,
    ],
    [
      'one ended',
      withStates({ frontend: 'exited||0|false|78' }),
      'PROBLEM',
      /frontend \(exited, exit code 78\)/,
      /logs --tail 30 frontend$/,
    ],
    [
      'one sick',
      withStates({ 'web-gateway': 'running|unhealthy|0|false|0' }),
      'PROBLEM',
      /health check fails: web-gateway/,
      /logs --tail 30 web-gateway/,
    ],
    [
      'one in a loop',
      withStates({ orchestrator: 'running||17|false|0' }),
      'warning',
      /orchestrator \(17 times\)/,
      /logs/,
    ],
    [
      'a poll that the kernel ended',
      says('docker', call.containers, `${containers()}source-system|x|exited||0|true|137\n`),
      'PROBLEM',
      /want of memory: source-system/,
      /mem_limit/,
    ],
    [
      'a poll that ended by itself',
      says('docker', call.containers, `${containers()}source-system|x|exited||0|false|1\n`),
      'ok',
      /All 6/,
    ],
    ['no Docker', without('docker'), 'unknown', /see docker/],
  ],
  'env-applied': [
    [
      'changed in .env',
      all(env('LOG_LEVEL=debug\n'), says('docker', call.hashes, 'redis abc\nfrontend def\n')),
      'warning',
      /redis and frontend .*\(LOG_LEVEL in \.env\)/,
      /^docker compose up -d$/,
    ],
    [
      'changed in the compose file',
      says('docker', call.hashes, 'traefik abc\n'),
      'warning',
      /^traefik still/,
      /up -d/,
    ],
    ['nothing runs', nothingRuns, 'unknown', /see services/],
  ],
  'traefik-log': [
    [
      'too old',
      says(
        'docker',
        call.logs,
        'ERR Failed: client version 1.24 is too old. Minimum supported API version is 1.44\n',
      ),
      'PROBLEM',
      /too old/,
      /traefik-image/,
    ],
    [
      'no port',
      says('docker', call.logs, { err: 'error: listen tcp :80: bind: address already in use\n' }),
      'PROBLEM',
      /ports/,
      /see ports/,
    ],
    [
      'a wrong port',
      says(
        'docker',
        call.logs,
        "traefik: TAILBOARD_HTTP_PORT in .env is 'x', but a port is a number from 1\n",
      ),
      'PROBLEM',
      /refuses a port/,
      /up -d/,
    ],
    [
      'a wrong network',
      says(
        'docker',
        call.logs,
        '2026-11-21T02:00:00Z ERR error="cannot parse CIDRs [home]: parsing CIDR trusted IPs <nil>: invalid CIDR address: home" middlewareName=read-list@file\n',
      ),
      'PROBLEM',
      /network/,
      /env-networks/,
    ],
    [
      'any error',
      says('docker', call.logs, '2026-11-21T02:00:00Z ERR something\n'),
      'warning',
      /errors/,
      /logs/,
    ],
    ['no container', nothingRuns, 'unknown', /see services/],
  ],
}
