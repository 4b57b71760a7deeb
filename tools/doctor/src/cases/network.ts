import { call, listeners } from '../hosts.ts'
import { all, type Case, env, failed, nothingRuns, says, without } from './change.ts'

export const network: Record<string, Case[]> = {
  ports: [
    [
      'Pi-hole',
      says('ss', '-H -ltnp', listeners(['80', 'pihole-FTL'])),
      'PROBLEM',
      /pihole-FTL has port 80/,
      /TAILBOARD_HTTP_PORT=8088/,
    ],
    [
      'Pi-hole, and we have moved',
      all(
        env('TAILBOARD_HTTP_PORT=8088\nTAILBOARD_HTTPS_PORT=8443\n'),
        says('ss', '-H -ltnp', listeners(['80', 'pihole-FTL'], ['8088', 'traefik'])),
      ),
      'ok',
      /Traefik’s/,
    ],
    [
      'tailscale serve',
      says('ss', '-H -ltnp', listeners(['100.64.0.1:443', 'tailscaled'])),
      'PROBLEM',
      /tailscaled has port 443/,
      /8443/,
    ],
    [
      'another container',
      says('ss', '-H -ltnp', listeners(['80', 'docker-proxy'])),
      'PROBLEM',
      /docker-proxy has port 80/,
      /docker ps/,
    ],
    [
      'another',
      says('ss', '-H -ltnp', listeners(['[::]:80', 'nginx'])),
      'PROBLEM',
      /nginx has port 80/,
      /stop nginx/,
    ],
    [
      'the health check’s',
      says('ss', '-H -ltnp', listeners(['127.0.0.1:18080', 'java'])),
      'PROBLEM',
      /java has port 18080/,
      /stop java/,
    ],
    [
      'an ordinary user does not see whose',
      all(nothingRuns, says('ss', '-H -ltnp', listeners(['80', null]))),
      'warning',
      /another user has port 80/,
      /sudo make doctor/,
    ],
    [
      'an ordinary user, and Traefik runs',
      says('ss', '-H -ltnp', listeners(['80', null], ['443', null])),
      'ok',
      /Traefik’s/,
    ],
    ['a longer number', says('ss', '-H -ltnp', listeners(['8080', 'java'], ['1443', 'java'])), 'ok', /free/],
    ['no number', env('TAILBOARD_HTTP_PORT=http\n'), 'PROBLEM', /no number/, /up -d/],
    ['one for both', env('TAILBOARD_HTTP_PORT=443\n'), 'PROBLEM', /the same/, /two/],
    ['nobody to ask', without('ss'), 'unknown', /no ss/],
  ],
  dns: [
    [
      'only in containers',
      says('docker', call.getent, failed('', 2)),
      'PROBLEM',
      /its containers do not/,
      /daemon\.json/,
    ],
    [
      'nowhere',
      all(
        says('docker', call.getent, failed('', 2)),
        says('getent', 'hosts api.open-meteo.com', failed('', 2)),
      ),
      'PROBLEM',
      /Neither/,
      /resolv\.conf/,
    ],
    ['can’t be asked', says('docker', call.getent, failed('exec failed', 126)), 'unknown', /can’t be asked/],
    ['redis does not run', nothingRuns, 'unknown', /see services/],
  ],
  dashboard: [
    ['no route', says('curl', call.dashboard(80), '404'), 'PROBLEM', /no way/, /env-networks/],
    [
      'nothing',
      says('curl', call.dashboard(80), { out: '000', exit: 7 }),
      'PROBLEM',
      /Nothing answers/,
      /logs/,
    ],
    ['an error', says('curl', call.dashboard(80), '502'), 'PROBLEM', /502/, /logs/],
    ['traefik does not run', nothingRuns, 'unknown', /see services/],
    ['no curl', without('curl'), 'unknown', /no curl/],
  ],
}
