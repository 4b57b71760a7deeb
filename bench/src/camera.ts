import { CameraPage, configText, diskUse, openBrowser, type Project, until } from '@tailboard/stack'
import { readCost } from './container.ts'
import type { Bench } from './part.ts'
import { judge, median, megabytes, type Row, seconds, unmeasured } from './row.ts'

/** As many pictures as fill the playlist, and some more (at 15 a second). */
const streamedPictures = 150

interface Times {
  pictureMs: number
  goneMs: number
}

/** The camera's test picture in a real browser: how fast it comes, how fast it is gone, what it costs meanwhile. */
export async function camera({ project, isShort }: Bench): Promise<Row[]> {
  const starts = isShort ? 3 : 10
  const before = { env: await project.readFile('.env').catch(() => ''), config: await readConfig(project) }
  await project.writeFile('.env', `${before.env}\nCAMERA_INPUT=test\n`)
  await project.writeFile('config/tailboard.yaml', configText({ camera: {} }))
  const url = (await project.front()).url
  const browser = await openBrowser()
  try {
    const times: Times[] = []
    let streaming: Awaited<ReturnType<typeof costOf>> | undefined
    for (let start = 0; start < starts; start++) {
      const page = await CameraPage.open(browser, url)
      const pictureMs = await page.tap()
      if (streaming === undefined) {
        await until('pictures', async () => (await page.frames()) > streamedPictures)
        streaming = await costOf(project)
      }
      await page.kill()
      await until('its end', async () => (await stateOf(project)) !== 'running', { everyMs: 50 })
      times.push({ pictureMs, goneMs: performance.now() - page.heardMs })
    }
    return [...timeRows(times, isShort), ...(streaming === undefined ? [] : costRows(streaming))]
  } finally {
    await browser.close()
    await project.stopFront()
    await project.writeFile('.env', before.env)
    if (before.config !== null) await project.writeFile('config/tailboard.yaml', before.config)
  }
}

const readConfig = (project: Project) => project.readFile('config/tailboard.yaml').catch(() => null)

const stateOf = async (project: Project) => (await project.inspect('source-camera')).State.Status

async function costOf(project: Project) {
  const { Id } = await project.inspect('source-camera')
  return { ...(await readCost(Id)), ...(await diskUse(Id)) }
}

/** CI may be busy, and a time is no ratio: there it is told and not judged. */
function timeRows(times: Times[], isShort: boolean): Row[] {
  const row = (measure: string, key: keyof Times, limits: { goal: number; line: number }): Row => {
    const all = times.map((each) => each[key])
    const worst = Math.max(...all)
    return {
      measure,
      goal: `${limits.goal} s`,
      line: `${limits.line} s`,
      measured: `${seconds(median(all))}, worst ${seconds(worst)}`,
      how: `${times.length} cold starts of the test picture, all succeeded${isShort ? '' : '; the worst is judged'}`,
      ...(isShort ? unmeasured : judge(worst / 1000, limits)),
    }
  }
  return [
    row('camera: tap to first decoded picture', 'pictureMs', { goal: 4, line: 8 }),
    row('camera: last heartbeat to container gone', 'goneMs', { goal: 12, line: 20 }),
  ]
}

function costRows({
  usedBytes,
  limitBytes,
  writtenBytes,
  layerBytes,
  ...cost
}: Awaited<ReturnType<typeof costOf>>): Row[] {
  return [
    {
      measure: 'camera: memory while it streams',
      goal: 'its limit',
      line: 'its limit',
      measured: `${megabytes(usedBytes)} of ${megabytes(limitBytes)}`,
      how: `usage less inactive_file, software encoder, after ${streamedPictures} pictures; ${megabytes(cost.anonymousBytes)} anonymous`,
      ...judge(cost.wasKilledForMemory ? Infinity : usedBytes, { goal: limitBytes, line: limitBytes }),
    },
    {
      measure: 'camera: bytes written to disk while it streams',
      goal: '0',
      line: '0',
      measured: `${writtenBytes} B, own layer ${layerBytes} B`,
      how: 'block I/O of its control group, and the size of its layer',
      ...judge(writtenBytes + layerBytes, { goal: 0, line: 0 }),
    },
  ]
}
