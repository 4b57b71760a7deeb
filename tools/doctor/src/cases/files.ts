import { all, type Case, type Change, env } from './change.ts'

const secretFile: Change = (host) => {
  host.project['.env'] = 'CAMERA_INPUT_FILE=/run/secrets/address\n'
  host.project['secrets/camera/address'] = 'rtsp://me:hunter2@192.0.2.1/x\n'
}

export const files: Record<string, Case[]> = {
  'files-readable': [
    [
      'closed by a umask',
      (host) => Object.assign(host.modes, { 'traefik/traefik.yml': 0o600, redis: 0o700 }),
      'PROBLEM',
      /traefik\/traefik\.yml and redis;/,
      /chmod a\+rX traefik\/traefik\.yml redis$/,
    ],
  ],
  'env-mode': [
    [
      'closed to all but the owner',
      (host) => Object.assign(host.modes, { '.env': 0o600 }),
      'PROBLEM',
      /may not read \.env/,
      /chgrp root \.env/,
    ],
    ['open to all, with a secret', env('PIHOLE_PASSWORD=hunter2\n'), 'warning', /secret/, /640/],
    [
      'open to all, with the camera’s password',
      env('CAMERA_INPUT=rtsp://me:hunter2@192.0.2.1/x\n'),
      'warning',
      /secret/,
      /640/,
    ],
    ['open to all, no secret', env('PIHOLE_PASSWORD=\nOPENWEATHERMAP_KEY= # none\n'), 'ok', /may read/],
    ['none', (host) => delete host.project['.env'], 'ok', /no \.env/],
  ],
  'env-names': [
    [
      'misspelt',
      env('TAILBOARD_HTTPPORT=8088\nLOG_LEVEL=info\nCOMPOSE_PROJECT_NAME=x\n'),
      'warning',
      /Nobody asks for TAILBOARD_HTTPPORT in/,
      /\.env\.example/,
    ],
    [
      'of an override',
      all(env('MY_NAME=x\n'), (host) => {
        host.project['docker-compose.override.yml'] = `x: \${MY_NAME:-}\n`
      }),
      'ok',
      /known/,
    ],
    [
      'no line of a variable',
      env('# ok\nLOG_LEVEL=info\nhunter2\n'),
      'PROBLEM',
      /Line 3 of/,
      /nano \+3 \.env/,
    ],
  ],
  'env-networks': [
    [
      'a name',
      env('TAILBOARD_READ_FROM=192.168.1.0/24,home\n'),
      'PROBLEM',
      /entry 2 of TAILBOARD_READ_FROM in/,
      /192\.168\.1\.0\/24/,
    ],
    [
      'a number too large',
      env('TAILBOARD_WRITE_FROM=192.168.1.256\n'),
      'PROBLEM',
      /entry 1 of TAILBOARD_WRITE_FROM/,
      /up -d/,
    ],
    ['a length too large', env('TAILBOARD_READ_FROM=10.0.0.0/33\n'), 'PROBLEM', /entry 1/, /up -d/],
    ['a leading zero', env('TAILBOARD_READ_FROM=010.0.0.0/8\n'), 'PROBLEM', /entry 1/, /up -d/],
    [
      'a blank for a comma',
      env('TAILBOARD_READ_FROM=10.0.0.0/8 11.0.0.0/8\n'),
      'PROBLEM',
      /entry 1/,
      /up -d/,
    ],
    ['an IPv6 of five digits', env('TAILBOARD_READ_FROM=fd000::/8\n'), 'PROBLEM', /entry 1/, /up -d/],
    ['an IPv6 that breaks off', env('TAILBOARD_READ_FROM=fd00:1:2/64\n'), 'PROBLEM', /entry 1/, /up -d/],
    ['everybody', env('TAILBOARD_READ_FROM=0.0.0.0/0\n'), 'warning', /everybody/, /the house alone/],
    [
      'quotes, a comment, an empty entry',
      env(
        'TAILBOARD_READ_FROM="10.0.0.5, ,::1" # home\nTAILBOARD_WRITE_FROM=2001:db8:1:2:3:4:5:6/128 # me\n',
      ),
      'ok',
      /well written/,
    ],
  ],
  profiles: [['poll', env('COMPOSE_PROFILES=poll\n'), 'PROBLEM', /COMPOSE_PROFILES/, /remove/]],
  'secret-files': [
    [
      'one that is not there',
      env('PIHOLE_PASSWORD_FILE=/run/secrets/password\n'),
      'PROBLEM',
      /PIHOLE_PASSWORD_FILE in \.env names no file of secrets\/pihole/,
      /=\/run\/secrets\/FILE/,
    ],
    [
      'one that lies elsewhere',
      env('OPENWEATHERMAP_KEY_FILE=/etc/hostname\n'),
      'PROBLEM',
      /OPENWEATHERMAP_KEY_FILE/,
      /secrets\/weather/,
    ],
    [
      'one that is closed',
      all(secretFile, (host) => {
        host.modes['secrets/camera/address'] = 0o000
      }),
      'PROBLEM',
      /may not read the file that CAMERA_INPUT_FILE/,
      /chown 1000 secrets\/camera/,
    ],
    ['one that can be read', secretFile, 'ok', /can be read/],
  ],
  'config-writable': [
    [
      'closed',
      (host) => Object.assign(host.modes, { config: 0o555 }),
      'PROBLEM',
      /may not write config\//,
      /chown -R 1000:1000 config/,
    ],
    [
      'versions closed',
      all(
        (host) => {
          host.project['config/versions/1.yaml'] = ''
        },
        (host) => Object.assign(host.modes, { 'config/versions': 0o555 }),
      ),
      'PROBLEM',
      /config\/versions\//,
      /chown/,
    ],
    [
      'missing',
      (host) => {
        delete host.project['config/README.md']
      },
      'PROBLEM',
      /no folder config/,
      /chown/,
    ],
  ],
}
