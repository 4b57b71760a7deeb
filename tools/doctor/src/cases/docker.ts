import { call } from '../hosts.ts'
import { all, type Case, failed, noEngine, says, without } from './change.ts'

export const docker: Record<string, Case[]> = {
  docker: [
    ['not installed', without('docker'), 'PROBLEM', /not installed/, /docs\.docker\.com/],
    ['not running', noEngine, 'PROBLEM', /does not answer/, /enable --now docker/],
    [
      'not allowed',
      says('docker', call.version, failed('permission denied while trying to connect')),
      'PROBLEM',
      /may not speak/,
      /usermod -aG docker pi/,
    ],
    [
      'too old',
      says('docker', call.version, '20.10.24+dfsg1 arm64\n'),
      'PROBLEM',
      /too old/,
      /docs\.docker\.com/,
    ],
    ['the first that will do', says('docker', call.version, '25.0.0 arm64\n'), 'ok', /25\.0\.0/],
  ],
  'docker-boot': [
    [
      'not at boot',
      says('systemctl', 'is-enabled docker', { out: 'disabled\n', exit: 1 }),
      'PROBLEM',
      /power cut/,
      /systemctl enable docker/,
    ],
    ['no systemd', without('systemctl'), 'unknown', /systemctl/],
    ['no Docker', without('docker'), 'unknown', /see docker/],
  ],
  compose: [
    [
      'missing',
      says('docker', call.composeVersion, failed("docker: 'compose' is not a docker command.")),
      'PROBLEM',
      /missing/,
      /docker-compose-plugin/,
    ],
    [
      'too old',
      says('docker', call.composeVersion, 'v2.20.1\n'),
      'PROBLEM',
      /too old/,
      /docker-compose-plugin/,
    ],
    ['the first that will do', says('docker', call.composeVersion, '2.20.2-4\n'), 'ok', /2\.20\.2/],
    ['no Docker', without('docker'), 'unknown', /see docker/],
  ],
  'compose-file': [
    [
      'can’t be read',
      says('docker', call.configQuiet, failed('failed to read .env: line 3: unexpected "hunter2"', 14)),
      'PROBLEM',
      /can’t read/,
      /docker compose config -q/,
    ],
    ['no answer', noEngine, 'unknown', /see docker/],
  ],
  images: [
    [
      'one of each kind missing',
      all(
        says('docker', call.image('tailboard/system:local'), failed('No such image')),
        says('docker', call.image('traefik:v3.7'), failed('No such image')),
      ),
      'PROBLEM',
      /traefik:v3\.7 and tailboard\/system:local/,
      /docker pull traefik:v3\.7/,
    ],
    [
      'more than one that is not ours',
      all(
        says(
          'docker',
          'compose --profile * config --images',
          'nginx:1-alpine\nredis:7-alpine\ntraefik:v3.7\n',
        ),
        ...['nginx:1-alpine', 'redis:7-alpine', 'traefik:v3.7'].map((name) =>
          says('docker', call.image(name), failed('No such image')),
        ),
      ),
      'PROBLEM',
      /Not here yet: nginx:1-alpine, redis:7-alpine and traefik:v3\.7\./,
      /docker pull nginx:1-alpine && docker pull redis:7-alpine && docker pull traefik:v3\.7$/m,
    ],
    [
      'for another processor',
      says('docker', call.image('tailboard/gateway:local'), 'amd64\n'),
      'PROBLEM',
      /tailboard\/gateway:local: for another processor/,
      /arm64/,
    ],
    ['Compose is missing', says('docker', call.composeVersion, failed('no')), 'unknown', /see compose/],
  ],
  'traefik-image': [
    [
      'too old for Docker 29',
      says('docker', 'compose --profile * config --images', 'traefik:v3.6.0\n'),
      'PROBLEM',
      /404/,
      /v3\.7/,
    ],
    [
      'old, as Docker is',
      all(
        says('docker', call.version, '28.5.1 arm64\n'),
        says('docker', 'compose --profile * config --images', 'traefik:v3.3\n'),
      ),
      'ok',
      /understand/,
    ],
    [
      'no number',
      says('docker', 'compose --profile * config --images', 'example/traefik:latest\n'),
      'unknown',
      /no number/,
    ],
  ],
}
