import {
  type CameraAnswer,
  cameraAnswerSchema,
  cameraId,
  cameraStanding,
  elapsedMs,
  mostWatchers,
  type SourceView,
  type Stamp,
  watchBodySchema,
  watcherId,
} from '@tailboard/contracts'
import { cameraPlaylist } from '@tailboard/contracts/sources/camera'
import { stampNow } from '@tailboard/service'
import * as v from 'valibot'
import type { App } from '../app.ts'
import { type HlsFile, isHlsName, openHlsFile } from '../camera/hls-file.ts'
import { Watchers } from '../camera/watchers.ts'
import type { Gateway } from '../gateway.ts'
import { HttpProblem } from '../http-problem.ts'
import { refuseWithoutOrchestrator } from '../orders.ts'
import { checkNode, nodeQuery } from './parameters.ts'

const source = cameraId
export const hlsPrefix = '/api/camera/hls/'
/** Where the answers say that the playlist is, from the API's root. */
const playlistPath = `${hlsPrefix}${cameraPlaylist}`

export function addCameraRoutes(app: App, gateway: Gateway): void {
  const watchers = new Watchers()
  addStateRoute(app, gateway, watchers)
  addWatchRoutes(app, gateway, watchers)
  addHlsRoute(app, gateway, watchers)
}

function addStateRoute(app: App, gateway: Gateway, watchers: Watchers): void {
  const schema = { querystring: nodeQuery, response: { 200: cameraAnswerSchema } }
  const config = { summary: 'The camera: its state, since when, and who looks', problems: [404, 503] }
  app.get('/api/camera', { schema, config }, async (request, reply): Promise<CameraAnswer> => {
    checkNode(gateway.model(), request.query.node)
    void reply.header('cache-control', 'no-store')
    return answer(gateway, watchers)
  })
}

function addWatchRoutes(app: App, gateway: Gateway, watchers: Watchers): void {
  const problems = [403, 404, 413, 415, 422, 429, 503]
  app.post(
    '/api/camera/watch',
    {
      schema: { querystring: nodeQuery, body: watchBodySchema, response: { 200: cameraAnswerSchema } },
      config: { summary: 'A page looks: said every three seconds, and it counts for ten', problems },
    },
    async (request): Promise<CameraAnswer> => {
      const model = gateway.model()
      checkNode(model, request.query.node)
      const { settings } = cameraView(gateway)
      const store = gateway.store()
      if (!settings.enabled) {
        throw new HttpProblem('disabled', {
          detail: 'The camera is switched off.',
          hint: 'Switch it on: sources.camera.enabled: true in config/tailboard.yaml',
        })
      }
      const { watcher } = request.body
      const by = request.address
      await refuseWithoutOrchestrator(store)
      const asked = store.now()
      const heard = watchers.hear(watcher, asked)
      if (heard === null) {
        throw new HttpProblem('too-many', { detail: `${mostWatchers} pages look already.` })
      }
      if (heard.isToTell) await store.pushOrder({ type: 'watch', source, watcher, by, asked })
      if (heard.isNew) await store.publishWrite(by, 'looks at the camera')
      return answer(gateway, watchers)
    },
  )
  app.delete(
    '/api/camera/watch',
    {
      schema: {
        querystring: v.object({ ...nodeQuery.entries, watcher: watcherId }),
        response: { 200: cameraAnswerSchema },
      },
      config: { summary: 'A page looks no more', problems },
    },
    async (request): Promise<CameraAnswer> => {
      checkNode(gateway.model(), request.query.node)
      const store = gateway.store()
      const { watcher } = request.query
      const asked = store.now()
      if (watchers.leave(watcher, asked)) {
        await store.pushOrder({ type: 'leave', source, watcher, asked })
        await store.publishWrite(request.address, 'looks at the camera no more')
      }
      return answer(gateway, watchers)
    },
  )
}

function addHlsRoute(app: App, gateway: Gateway, watchers: Watchers): void {
  const config = {
    summary: 'A playlist or segment of the camera',
    mediaType: 'application/octet-stream',
    problems: [404, 503],
  }
  const schema = { params: v.object({ file: v.string() }) }
  app.get(`${hlsPrefix}:file`, { schema, config }, async (request, reply) => {
    const { file: name } = request.params
    if (!isHlsName(name)) throw new HttpProblem('not-found')
    const now = stampNow(gateway.time)
    const { state, failure, nextTry } = standing(gateway, watchers, now)
    if (state === 'off') throw new HttpProblem('camera-off', { detail: 'It runs while someone looks.' })
    if (state === 'failed') {
      const waitS = nextTry === null ? 1 : Math.ceil(elapsedMs(now, nextTry) / 1000)
      throw new HttpProblem('camera-failed', {
        ...(failure === null ? {} : { detail: failure.message }),
        ...(failure === null || failure.hint === null ? {} : { hint: failure.hint }),
        headers: { 'retry-after': String(Math.max(1, waitS)) },
      })
    }
    if (state === 'starting') throw new HttpProblem('camera-starting', { headers: { 'retry-after': '1' } })
    const file = await openHlsFile(gateway.environment.HLS_DIR, name)
    if (file === null) throw new HttpProblem('not-found')
    const { type, bytes, cacheControl } = file
    void reply.type(type).header('cache-control', cacheControl).header('content-length', bytes)
    return reply.send(streamOf(file))
  })
}

/** Not more than was promised: a file that grows meanwhile would break the connection. */
function streamOf({ handle, bytes }: HlsFile) {
  // An empty file has no last byte that could be named.
  return handle.createReadStream(bytes === 0 ? {} : { start: 0, end: bytes - 1 })
}

function cameraView(gateway: Gateway): SourceView {
  return gateway.model().sources[source]
}

function standing(gateway: Gateway, watchers: Watchers, now: Stamp) {
  return cameraStanding(cameraView(gateway), watchers.standing(now).since, now)
}

function answer(gateway: Gateway, watchers: Watchers): CameraAnswer {
  const now = stampNow(gateway.time)
  const view = cameraView(gateway)
  const { state, since, failure, nextTry } = standing(gateway, watchers, now)
  return {
    node: gateway.model().node,
    now,
    state,
    since: since?.at ?? null,
    sinceS: since === null ? null : elapsedMs(since, now) / 1000,
    enabled: view.settings.enabled,
    watchers: watchers.standing(now).count,
    simulated: view.reading?.simulated ?? false,
    playlist: state === 'live' || state === 'stalled' ? playlistPath : null,
    failure,
    nextTry: nextTry?.at ?? null,
    nextTryS: nextTry === null ? null : elapsedMs(now, nextTry) / 1000,
    failuresInARow: view.run.failuresInARow,
    reading: view.reading,
    lastRun: view.run.last,
  }
}
