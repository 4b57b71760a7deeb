import { TailboardError } from '@tailboard/contracts'
import { type HttpAnswer, httpRequest, type TlsTrust } from '@tailboard/service/http'

/** Where a Pi-hole is, and what is trusted there. */
export interface Address {
  /** Without a slash at its end. */
  baseUrl: string
  trust: TlsTrust | undefined
}

export interface Question {
  /** Below the base, with its query. */
  path: string
  method?: string
  headers?: Record<string, string>
  json?: unknown
  timeoutMs?: number
}

/** One request to that Pi-hole, bounded in time and size. */
export type Ask = (question: Question) => Promise<HttpAnswer>

/** A Pi that is busy answers within seconds; a run has several questions. */
const timeoutMs = 6_000
/** The longest answer, 145 slots of history, is 15 kB. */
const maxBytes = 512 * 1024

const howToTrust =
  'Run on the Pi-hole: openssl x509 -noout -sha256 -fingerprint -in /etc/pihole/tls.pem and put what it prints into .env as PIHOLE_TLS_FINGERPRINT. Or set PIHOLE_TLS_INSECURE=1, or use its http address.'

/** @throws TailboardError of httpRequest; of a certificate with the line in .env that mends it. */
export function connection({ baseUrl, trust }: Address, signal: AbortSignal): Ask {
  return async ({ path, method = 'GET', headers = {}, json, timeoutMs: ownMs = timeoutMs }) => {
    const url = URL.parse(`${baseUrl}${path}`)
    if (url === null) throw new TailboardError('misconfigured', 'PIHOLE_URL is no address that can be asked')
    const body = json === undefined ? undefined : JSON.stringify(json)
    try {
      return await httpRequest({
        url,
        who: 'Pi-hole',
        signal,
        method,
        headers: {
          accept: 'application/json',
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
        ...(trust === undefined ? {} : { trust }),
        timeoutMs: ownMs,
        maxBytes,
      })
    } catch (error) {
      throw onCertificate(error)
    }
  }
}

/** Of what a connection can fail with, only a certificate is a matter of configuration. */
function onCertificate(error: unknown): unknown {
  if (!(error instanceof TailboardError) || error.kind !== 'misconfigured') return error
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code ?? ''
  if (code === '') {
    const hint = `${error.hint ?? ''} The line in .env is PIHOLE_TLS_FINGERPRINT.`.trim()
    return new TailboardError(error.kind, error.message, { hint })
  }
  if (/EXPIRED|NOT_YET/.test(code)) return error
  return new TailboardError(error.kind, error.message, { hint: howToTrust, cause: error.cause })
}
