import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import {
  CameraPage,
  configText,
  docker,
  openBrowser,
  Project,
  repository,
  until,
  without,
} from '@tailboard/stack'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'

/** What the kernel gives a process of the house's own (sshd, Pi-hole) that asked for nothing. */
const ofTheHouse = { shares: 1024, oom: 0 }

/** The folder of a process's control group for the processor, of cgroup v1 or v2. */
function cpuGroup(pid: number): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')
  const v1 = lines.find((line) => line.split(':')[1]?.split(',').includes('cpu'))?.split(':')[2]
  return v1 === undefined
    ? `/sys/fs/cgroup${lines.find((line) => line.startsWith('0::'))?.slice(3)}`
    : `/sys/fs/cgroup/cpu${v1}`
}

/** What the kernel itself says of a running process. */
function kernelSays(pid: number): { shares: number; oom: number } {
  const oom = Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'))
  const group = cpuGroup(pid)
  if (existsSync(`${group}/cpu.shares`)) {
    return { oom, shares: Number(readFileSync(`${group}/cpu.shares`, 'utf8')) }
  }
  // The engine turns shares of 2 to 262144 into weights of 1 to 10000.
  const weight = Number(readFileSync(`${group}/cpu.weight`, 'utf8'))
  return { oom, shares: 2 + ((weight - 1) * 262_142) / 9_999 }
}

/** Processor time of a process, in ticks of a hundredth second: fields 14 and 15 of its stat. */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

describe.skipIf(without.has('engine') || without.has('browser'))('the Pi comes first', () => {
  const project = new Project('pi-first')
  let browser: Browser
  let page: CameraPage

  beforeAll(async () => {
    await project.create()
    await project.writeFile('.env', 'CAMERA_INPUT=test\n')
    await project.writeFile('config/tailboard.yaml', configText({ camera: {} }))
    await project.build('source-camera')
    await project.up()
    browser = await openBrowser()
    page = await CameraPage.open(browser, (await project.front()).url)
    await page.tap()
  })
  afterAll(async () => {
    await browser?.close()
    await project.remove()
  })

  const running = async () => {
    const containers = (await project.containers()).filter(({ state }) => state === 'running')
    const entries = containers.map(
      async ({ service, id }): Promise<[string, number]> => [
        service,
        (await docker.getContainer(id).inspect()).State.Pid,
      ],
    )
    return Object.fromEntries(await Promise.all(entries))
  }

  test('while the camera streams: every service below the house’s share and killed before the house, the camera last and first', async () => {
    const pids = await running()
    expect(Object.keys(pids)).toEqual(expect.arrayContaining(['source-camera', 'web-gateway', 'redis']))
    const said = Object.fromEntries(Object.entries(pids).map(([service, pid]) => [service, kernelSays(pid)]))
    const { 'source-camera': camera, ...others } = said
    for (const [service, { shares, oom }] of Object.entries(said)) {
      expect(shares, service).toBeLessThan(ofTheHouse.shares)
      expect(oom, service).toBeGreaterThan(ofTheHouse.oom)
    }
    for (const [service, { shares, oom }] of Object.entries(others)) {
      expect(camera?.shares, service).toBeLessThan(shares)
      expect(camera?.oom, service).toBeGreaterThan(oom)
    }
    const words = Object.entries(said).map(
      ([service, { shares, oom }]) => `${service} ${Math.round(shares)}/${oom}`,
    )
    process.stdout.write(`pi-first: cpu shares/oom_score_adj by the kernel: ${words.sort().join(', ')}\n`)
  })

  test('FFmpeg, which the camera starts, has the camera’s place in both orders', async () => {
    const { 'source-camera': pid = 0 } = await running()
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
    const ffmpeg =
      children.find((each) => readFileSync(`/proc/${each}/comm`, 'utf8').trim() === 'ffmpeg') ?? 0
    expect(ffmpeg).toBeGreaterThan(0)
    expect(kernelSays(ffmpeg)).toEqual(kernelSays(pid))
  })

  test('in the file: the camera has the smallest share of all and is killed first of all', () => {
    const { services } = parse(readFileSync(`${repository}/docker-compose.yml`, 'utf8'), { merge: true }) as {
      services: Record<string, { cpu_shares: number; oom_score_adj: number }>
    }
    const { 'source-camera': camera, ...others } = services
    for (const [name, other] of Object.entries(others)) {
      expect(camera?.cpu_shares, name).toBeLessThan(other.cpu_shares)
      expect(camera?.oom_score_adj, name).toBeGreaterThan(other.oom_score_adj)
    }
  })

  test.skipIf(process.getuid?.() !== 0)(
    'where both want the same processor, the gateway gets many times what the camera gets (takes root)',
    async () => {
      const pids = await running()
      const loops = ['source-camera', 'web-gateway'].map((service) => {
        // On one processor, so that they have to share it; in the container's own group of the kernel.
        const loop = spawn('taskset', ['-c', '0', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' })
        writeFileSync(`${cpuGroup(pids[service] ?? 0)}/cgroup.procs`, String(loop.pid))
        return loop
      })
      try {
        const before = loops.map(({ pid = 0 }) => cpuTicks(pid))
        const had = () => loops.map(({ pid = 0 }, at) => cpuTicks(pid) - (before[at] ?? 0))
        await until('two seconds of the processor for the gateway', () => (had()[1] ?? 0) >= 200)
        const [camera = 0, gateway = 0] = had()
        process.stdout.write(
          `pi-first: on one processor the gateway had ${gateway} ticks, the camera ${camera}\n`,
        )
        // 512 shares beside 32.
        expect(gateway).toBeGreaterThan(4 * camera)
      } finally {
        for (const loop of loops) loop.kill('SIGKILL')
      }
    },
  )
})
