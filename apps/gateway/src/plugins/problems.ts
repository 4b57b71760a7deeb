import { cleanText, TailboardError } from '@tailboard/contracts'
import type { Logger } from '@tailboard/service'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpProblem } from '../http-problem.ts'

const mediaType = 'application/problem+json; charset=utf-8'

/** Every error leaves as a problem document; what is a fault of ours is logged and says nothing of itself. */
export function addProblems(app: FastifyInstance, log: Logger): void {
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      new HttpProblem('not-found', { detail: `${request.method} ${cleanText(pathOf(request), 100)}` }),
    ),
  )
  app.setErrorHandler((error, request, reply) => {
    const problem = toHttpProblem(error)
    if (problem.document.status === 500) {
      log.error('a request failed', { method: request.method, path: pathOf(request), error })
    }
    return sendProblem(reply, problem)
  })
}

export function sendProblem(reply: FastifyReply, problem: HttpProblem): FastifyReply {
  return reply
    .code(problem.document.status)
    .headers(problem.headers)
    .type(mediaType)
    .send(JSON.stringify(problem.document))
}

/** Anything thrown while a request was served, as what the client may know of it. */
export function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof TailboardError) {
    return error.kind === 'unreachable' || error.kind === 'timeout'
      ? new HttpProblem('redis-away', { detail: error.message })
      : new HttpProblem('fault')
  }
  if (isRedisFull(error)) {
    return new HttpProblem('redis-full', {
      detail: 'It refuses to take anything more.',
      hint: 'Restart it with: docker compose restart redis',
    })
  }
  if (isRedisAway(error)) {
    return new HttpProblem('redis-away', {
      detail: 'Nothing can be changed until it is back.',
      hint: 'Look at: docker compose logs redis',
    })
  }
  return fromFastify(error as Partial<FastifyError>)
}

function fromFastify(error: Partial<FastifyError>): HttpProblem {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new HttpProblem('not-json', { hint: 'Send it with content-type: application/json' })
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new HttpProblem('too-large', { detail: '16 KiB is the most.' })
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new HttpProblem('invalid', { issues: [{ path: '', reason: 'is not JSON' }] })
    default: {
      const status = error.statusCode ?? 500
      return status >= 400 && status < 500 ? new HttpProblem('bad-request') : new HttpProblem('fault')
    }
  }
}

/** Refused by itself, or inside a transaction, which then names only that it was given up. */
function isRedisFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { previousErrors = [] } = error as { previousErrors?: Error[] }
  return [error, ...previousErrors].some(({ message }) => message.startsWith('OOM '))
}

/** ioredis names no class for it: these are the ways in which a command ends when the server is gone. */
function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    error.name === 'MaxRetriesPerRequestError' ||
    /^(Connection is closed|Stream isn't writeable|LOADING |MISCONF |READONLY )/.test(error.message) ||
    /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE)/.test((error as NodeJS.ErrnoException).code ?? '')
  )
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}
