import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ComposeProject, lacksEngine } from './testing/compose-project.ts'
import { parityDifferences } from './testing/parity.ts'

const file = `
x-common: &common
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  logging:
    driver: json-file
    options: { max-size: 10m, max-file: "3" }
x-poll: &poll
  <<: *common
  image: redis:7-alpine
  profiles: [poll]
  restart: "no"
  cpu_shares: 64
  oom_score_adj: 900
  user: "1000:1000"
  mem_limit: 48m
services:
  redis:
    image: redis:7-alpine
    networks: [internal]
  source-all:
    <<: *poll
    networks: [internal]
    extra_hosts: ["host.docker.internal:host-gateway"]
    command: sh -c "echo 'it is on' >&2; exit 3"
    environment:
      GREETING: \${GREETING:-hello}
      FROM_ENV: \${FROM_ENV}
      EMPTY: ""
      NUMBER: 1.50
      FLAG: true
      UNSET:
      BARE_FROM_ENV:
    tmpfs: ["/tmp:size=1m,mode=1777", /run]
    volumes:
      - /proc:/host/proc:ro
      - { type: bind, source: /sys, target: /host/sys, read_only: true, bind: { propagation: rslave, create_host_path: false } }
      - { type: bind, source: ./conf, target: /conf, read_only: true }
      - hls-data:/hls:ro
      - { type: volume, source: hls-data, target: /hls2, read_only: true, volume: { nocopy: true } }
      - { type: tmpfs, target: /run/x, tmpfs: { size: 1m, mode: 01777 } }
      - ./conf:/conf2
      - /anonymous
    depends_on:
      redis: { condition: service_started }
    device_cgroup_rules: ["c 81:* rmw"]
    devices: ["/dev/null:/dev/xnull:rw"]
    group_add: [video, "44"]
    healthcheck: { test: "true", interval: 1m30s, start_interval: 2s, timeout: 5s, start_period: 20s, retries: 3 }
    labels: { a.b: "yes", n: 5 }
    stop_grace_period: 3s
    stop_signal: SIGINT
    working_dir: /tmp
    init: false
    pids_limit: 50
    ulimits: { nofile: 1024, nproc: { soft: 10, hard: 20 } }
    sysctls: { net.core.somaxconn: 1024 }
    hostname: everything
    cpus: 0.5
    dns: 9.9.9.9
    shm_size: 8m
    memswap_limit: 64m
  source-host:
    <<: *poll
    user: "0:0"
    network_mode: host
    cap_add: [NET_ADMIN, NET_RAW]
    entrypoint: [sh, -c]
    command: [sleep 1000]
  source-bare:
    image: redis:7-alpine
    profiles: [poll]
  source-built:
    <<: *common
    profiles: [poll]
    build: { context: ., dockerfile: ./Dockerfile, args: { WORD: "\${GREETING:-hello}" } }
    depends_on: [redis, source-bare]
    networks:
      internal: { aliases: [other-name] }
      second: { priority: 10 }
networks:
  internal: {}
  second: { driver: bridge }
volumes:
  hls-data:
    driver: local
    driver_opts: { type: tmpfs, device: tmpfs, o: "size=1m" }
`
const override = `
services:
  source-all:
    environment: [GREETING=over, "EXTRA=$$x"]
    tmpfs: /var/tmp
    cap_add: [NET_RAW]
    volumes: ["./conf:/conf:ro"]
    labels: ["a.b=no"]
    logging: { options: { max-file: "5" } }
`

describe.skipIf(lacksEngine)(
  'a container that the orchestrator makes, beside the one that compose makes',
  () => {
    const docker = new Docker()
    let project: ComposeProject

    beforeAll(async () => {
      project = await ComposeProject.make(
        {
          'docker-compose.yml': file,
          'over.yml': override,
          'conf/a': 'a',
          '.env': "# kept by hand\nFROM_ENV='it is $literal' # why\nBARE_FROM_ENV=bare\n",
          Dockerfile:
            'FROM redis:7-alpine\nARG WORD\nENV WORD=$WORD\nLABEL word=$WORD\nHEALTHCHECK --interval=9s CMD true\nUSER 7\nENTRYPOINT ["sh"]\nCMD ["-c", "true"]\n',
        },
        ['docker-compose.yml', 'over.yml'],
      )
    })
    afterAll(() => project?.remove())

    it.each(['source-all', 'source-host', 'source-bare', 'source-built'])(
      '%s is the same',
      async (service) => {
        const create = (name: string) => project.compose('create', name)
        expect(await parityDifferences(docker, project.location, service, create)).toEqual([])
      },
    )
  },
)
