import { expect, test } from 'vitest'
import { allSet, fresh, halfSetUp } from './hosts.ts'
import { examine, type Outcome } from './made-up-host.ts'

const of = ({ findings }: Outcome, kind: string) =>
  [...findings].filter(([, finding]) => finding.kind === kind).map(([id]) => id)

test('a Pi on which all is set: every check is ok', () => {
  const outcome = examine(allSet())
  expect(outcome.text.split('\n')[0]).toBe('Raspberry Pi 3 Model B Rev 1.2, Debian GNU/Linux 13 (trixie)')
  expect([of(outcome, 'warning'), of(outcome, 'PROBLEM'), of(outcome, 'unknown')]).toEqual([[], [], []])
  const total = outcome.findings.size
  expect(outcome.summary).toBe(
    `${total} checks: ${total} ok, 0 warnings, 0 problems, 0 could not be checked.`,
  )
  expect(outcome.status).toBe(0)
})

test('a fresh Pi: what is missing, and nothing that can only be known later', () => {
  const outcome = examine(fresh())
  expect(of(outcome, 'PROBLEM')).toEqual(['memory-cgroup', 'i2c', 'rfkill', 'tailscaled', 'docker'])
  expect(of(outcome, 'warning')).toEqual(['camera'])
  expect(of(outcome, 'unknown')).toEqual([
    'bluetooth',
    'tailnet',
    'docker-boot',
    'compose',
    'compose-file',
    'images',
    'traefik-image',
    'services',
    'env-applied',
    'traefik-log',
    'dns',
    'dashboard',
  ])
  expect(outcome.status).toBe(1)
})

test('a Pi that is half set up, beside a Pi-hole', () => {
  const outcome = examine(halfSetUp())
  expect(of(outcome, 'PROBLEM')).toEqual(['memory-cgroup', 'tailnet', 'images', 'services', 'ports'])
  expect(of(outcome, 'warning')).toEqual(['power', 'tailnet-dns'])
  expect(of(outcome, 'unknown')).toEqual(['env-applied', 'traefik-log', 'dns', 'dashboard'])
  expect(outcome.findings.get('memory-cgroup')?.mends).toEqual(['sudo reboot'])
  expect(outcome.findings.get('ports')?.mends[0]).toContain('TAILBOARD_HTTP_PORT=8088')
  expect(outcome.status).toBe(1)
})
