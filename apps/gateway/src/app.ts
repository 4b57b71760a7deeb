import websocket from '@fastify/websocket'
import { apiLimits, webSocketLimits } from '@tailboard/contracts'
import fastify from 'fastify'
import type { Gateway } from './gateway.ts'
import { isKnownHost } from './hosts.ts'
import { HttpProblem } from './http-problem.ts'
import { addAddress } from './plugins/address.ts'
import { answerGarbage } from './plugins/garbage.ts'
import { addGuard } from './plugins/guard.ts'
import { addOperations } from './plugins/operations.ts'
import { addProblems, sendProblem } from './plugins/problems.ts'
import { addSecurityHeaders } from './plugins/security-headers.ts'
import { schemaController, type ValibotTypes } from './plugins/valibot.ts'
import { addCameraRoutes, hlsPrefix } from './routes/camera.ts'
import { addCommandRoutes } from './routes/commands.ts'
import { addConfigRoutes } from './routes/config.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addHistoryRoute } from './routes/history.ts'
import { addLiveRoute } from './routes/live.ts'
import { addMetricsRoute } from './routes/metrics.ts'
import { addOpenapiRoute } from './routes/openapi.ts'
import { addReadingRoutes } from './routes/readings.ts'
import { addRunRoutes } from './routes/run.ts'
import { addSourceRoutes } from './routes/sources.ts'
import { addStatusRoutes } from './routes/status.ts'

/** Every wait is written down. Traefik keeps an idle connection for 90 s: ours must not end before. */
const timeouts = { requestMs: 10_000, headersMs: 5_000, keepAliveMs: 120_000 } as const

export type App = ReturnType<typeof createServer>

/** The server with every plugin and route, not listening yet. */
export async function buildApp(gateway: Gateway, procRoot?: string): Promise<App> {
  const app = createServer()
  const { hub, log, follower, environment } = gateway
  addProblems(app as never, log)
  // Nothing but JSON is read: a form of a foreign page can send text without asking first.
  app.removeContentTypeParser('text/plain')
  await app.register(websocket, {
    options: {
      maxPayload: webSocketLimits.clientMessageBytes,
      // A compressor for each client costs hundreds of kilobytes.
      perMessageDeflate: false,
    },
    // An unclean goodbye of a browser is no event: the seat is given free when the socket closes.
    errorHandler: (_error, socket) => socket.terminate(),
    preClose: (done) => {
      hub.stop()
      for (const client of app.websocketServer.clients) client.terminate()
      done()
    },
  })
  addSecurityHeaders(app as never)
  addAddress(app as never, environment.TRUSTED_PROXY, procRoot)
  addGuard(app as never, (header) => isKnownHost(header, environment.TAILBOARD_HOSTS, follower.model))
  app.addHook('onError', async (request, _reply, error) => {
    // A write that Redis refused may mean that it is full: look now, not at the next turn.
    if (request.method !== 'GET' && !(error instanceof HttpProblem)) void gateway.watch.check()
  })
  const operations = addOperations(app as never)
  addHealthRoutes(app, gateway)
  addSourceRoutes(app, gateway)
  addReadingRoutes(app, gateway)
  addHistoryRoute(app, gateway)
  addRunRoutes(app, gateway)
  addCommandRoutes(app, gateway)
  addConfigRoutes(app, gateway)
  addStatusRoutes(app, gateway)
  addMetricsRoute(app, gateway)
  addCameraRoutes(app, gateway)
  addOpenapiRoute(app, operations)
  addLiveRoute(app, gateway)
  await app.ready()
  app.server.maxConnections = webSocketLimits.clients + 200
  app.server.headersTimeout = timeouts.headersMs
  return app
}

function createServer() {
  return fastify({
    logger: false,
    schemaController,
    bodyLimit: apiLimits.bodyBytes,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionTimeout: 0,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 64 },
    http: { maxHeaderSize: apiLimits.headerBytes },
    clientErrorHandler: (error, socket) => answerGarbage(error.code, socket),
    frameworkErrors: (_error, request, reply) => {
      // Of the camera's folder nothing is said but that it isn't there, also where the path is none.
      const problem = request.raw.url?.startsWith(hlsPrefix) ? 'not-found' : 'bad-request'
      sendProblem(reply as never, new HttpProblem(problem))
    },
  }).withTypeProvider<ValibotTypes>()
}
