import { stat } from 'node:fs/promises'
import { cleanText, TailboardError } from '@tailboard/contracts'
import { failOnStatus, failOnWebPage, type HttpAnswer, httpRequest } from '@tailboard/service/http'

const who = 'Tailscale'

/** A tailnet of 2,000 devices is half of it. Never read as one value: see members.ts. */
const mostBytes = 8 * 1024 * 1024

/**
 * The one thing that is ever asked of tailscaled. As uid 0 it would let us log the Pi out, so there is nothing here that
 * takes a method, a path or a body. By this name it knows its own clients; any other Host it refuses.
 */
const question = new URL('http://local-tailscaled.sock/localapi/v0/status')

/**
 * The status as tailscaled tells it.
 * @throws TailboardError `unreachable` (not running), `refused` (permissions, or its 403), `timeout`, `malformed`
 */
export async function askStatus(socketPath: string, signal: AbortSignal): Promise<HttpAnswer> {
  try {
    const answer = await httpRequest({ url: question, who, socketPath, signal, maxBytes: mostBytes })
    failOnRefusal(answer)
    failOnStatus(answer)
    failOnWebPage(answer)
    return answer
  } catch (error) {
    throw advise(error, socketPath)
  }
}

/**
 * A name for this start of tailscaled: it makes its socket anew at each. What else is wrong with the socket, asking tells.
 * @throws TailboardError `misconfigured` when something else lies in its place
 */
export async function nameDaemon(socketPath: string): Promise<string> {
  const found = await stat(socketPath).catch(() => null)
  if (found?.isSocket() === false) {
    throw new TailboardError('misconfigured', `${socketPath} is no socket`, {
      hint: 'Something was made in its place (Docker does it where the file is mounted in place of its folder). Remove it, then: sudo systemctl restart tailscaled',
    })
  }
  return found === null ? '' : `${found.ino}-${found.ctimeMs}`
}

/** tailscaled says why in plain text. */
function failOnRefusal({ status, headers, body }: HttpAnswer): void {
  if (status < 400 || !/^(text\/plain|application\/json)\b/.test(headers['content-type'] ?? '')) return
  const reason = cleanText(body.toString('utf8', 0, 500), 120)
  if (status === 403) {
    throw new TailboardError('refused', `Tailscale refuses to answer: ${reason}`, {
      hint: 'Does tailscaled itself listen at that socket, and no proxy? Is Tailboard up to date?',
    })
  }
  if (status === 404) {
    throw new TailboardError('malformed', `Tailscale does not know the question for its status: ${reason}`, {
      hint: 'It is much older or newer than Tailboard: update both.',
    })
  }
  if (status >= 500) {
    throw new TailboardError('unreachable', `Tailscale has trouble of its own (HTTP ${status}): ${reason}`, {
      hint: 'It may be starting. If it stays: sudo systemctl restart tailscaled',
    })
  }
}

/** What to do, where the connection failed for a reason that only a socket has. */
function advise(error: unknown, socketPath: string): unknown {
  if (!(error instanceof TailboardError)) return error
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code ?? ''
  const hint = hintFor(code, socketPath) ?? error.hint
  if (hint === error.hint || hint === null) return error
  return new TailboardError(error.kind, error.message, { cause: error.cause, hint })
}

function hintFor(code: string, socketPath: string): string | null {
  const withoutIt =
    'No Tailscale on this Pi: set sources.tailscale.enabled to false in config/tailboard.yaml.'
  if (code === 'ENOENT') return `Start it: sudo systemctl start tailscaled. ${withoutIt}`
  if (code === 'ECONNREFUSED') {
    return `It was stopped, or is starting. If it stays: sudo systemctl restart tailscaled. ${withoutIt}`
  }
  if (code === 'EACCES') {
    const folder = socketPath.replace(/\/[^/]*$/, '')
    return `Let everyone open it, as Tailscale has it by itself: sudo systemctl restart tailscaled, then sudo chmod 755 ${folder}`
  }
  if (code === 'EPERM') return 'Something on this Pi (AppArmor, SELinux) keeps containers from that socket.'
  if (code === 'ENOTDIR') return 'TAILSCALE_SOCKET is wrong: a part of that path is a file, not a folder.'
  if (code.startsWith('HPE_')) return 'Something else than tailscaled listens at that socket.'
  return null
}
