/**
 * Every call that doctor makes of a program which a made-up host doubles. A double refuses all others as the real program
 * refuses an option that it does not have; tests/stack/doctor.test.ts makes those of docker on a real engine.
 */
export const calls: Record<string, (string | RegExp)[]> = {
  docker: [
    'version --format {{.Server.Version}} {{.Server.Arch}}',
    'info --format {{.DockerRootDir}}',
    'compose version --short',
    'compose config -q',
    'compose config --services',
    'compose config --hash *',
    'compose --profile * config --images',
    'compose --profile * ps -a -q',
    'compose ps -q',
    'compose logs --no-color --no-log-prefix --tail 50 traefik',
    'compose exec -T redis getent hosts api.open-meteo.com',
    /^image inspect --format \{\{\.Architecture\}\} \S+$/,
    /^inspect --format \{\{(range|index) .*\}\}( [0-9a-f]+)+$/,
  ],
  curl: [/^-s -o \/dev\/null -w %\{http_code\} --max-time 10 http:\/\/127\.0\.0\.1:\d+\/$/],
  df: [/^-P[ki] \/\S*$/],
  dpkg: ['--print-architecture'],
  getent: ['hosts api.open-meteo.com'],
  hciconfig: ['hci0'],
  ss: ['-H -ltnp'],
  systemctl: ['is-enabled docker'],
  tailscale: ['status --json --peers=false', 'debug prefs'],
  timedatectl: ['show -p NTPSynchronized --value'],
  uname: ['-m'],
  vcgencmd: ['get_throttled'],
}

export function isCall(program: string, args: string): boolean {
  return (calls[program] ?? []).some((call) => (typeof call === 'string' ? call === args : call.test(args)))
}
