import { randomBytes } from 'node:crypto'
import type { Reply, Request } from './reply.ts'

interface Session {
  sid: string
  csrf: string
  validUntilS: number
  isApp: boolean
}

export interface SessionOptions {
  /** Null: Pi-hole has no password. */
  password: string | null
  appPassword?: string
  /** The second factor that is right now; an app password needs none. */
  totp?: number
  seats?: number
  validityS?: number
}

export const refusal = (status: number, key: string, message: string, hint: unknown = null): Reply => ({
  status,
  json: { error: { key, message, hint } },
})
const unauthorized = (message = 'Unauthorized', hint: unknown = null) =>
  refusal(401, 'unauthorized', message, hint)

/** Sessions as FTL has them: a number of seats, sliding validity, three attempts to log in a second. */
export class Sessions {
  readonly #options: SessionOptions
  readonly #taken: (Session | null)[]
  readonly #attemptsS: number[] = []
  #usedTotp: number | undefined
  /** Passwords that were sent, wrong ones too. */
  logins = 0

  constructor(options: SessionOptions) {
    this.#options = options
    this.#taken = Array<Session | null>(options.seats ?? 16).fill(null)
  }

  get #validityS(): number {
    return this.#options.validityS ?? 1800
  }

  taken(nowS: number): number {
    return this.#taken.filter((session) => session !== null && session.validUntilS > nowS).length
  }

  ids(): string[] {
    return this.#taken.flatMap((session) => (session === null ? [] : [session.sid]))
  }

  /** Somebody else logs in and stays. */
  occupy(count: number, nowS: number): void {
    for (let n = 0; n < count; n++) this.#sit(nowS, false)
  }

  forgetAll(): void {
    this.#taken.fill(null)
  }

  /** Whether the request may pass; a session that is used stays valid for longer. */
  isAllowed(request: Request): boolean {
    if (this.#options.password === null) return true
    const session = this.#of(request)
    if (session === null) return false
    session.validUntilS = request.nowS + this.#validityS
    return true
  }

  #of({ headers, body, query, nowS }: Request): Session | null {
    const fromCookie = /(?:^|;\s*)sid=([^;]+)/.exec(headers.cookie ?? '')?.[1]
    const header = headers['x-ftl-sid'] ?? headers.sid
    const sid = sidIn(body) ?? header ?? fromCookie ?? query.get('sid')
    const session = this.#taken.find((taken) => taken?.sid === sid && taken.validUntilS > nowS) ?? null
    // A browser sends a cookie on anybody's behalf: then the token must come with it.
    const isByCookie = sidIn(body) === null && header === undefined && fromCookie !== undefined
    return isByCookie && headers['x-csrf-token'] !== session?.csrf ? null : session
  }

  /** POST /api/auth, refusals first. */
  logIn({ body, nowS }: Request): Reply {
    let given: unknown
    try {
      given = JSON.parse(body)
    } catch {
      return refusal(400, 'bad_request', 'No valid JSON payload found')
    }
    const { password, totp } = (given ?? {}) as Record<string, unknown>
    if (password === undefined) return refusal(400, 'bad_request', 'No password found in JSON payload')
    if (typeof password !== 'string') {
      return refusal(400, 'bad_request', "Field password has to be of type 'string'")
    }
    this.logins += 1
    const { password: right, appPassword, totp: rightTotp } = this.#options
    if (right === null) {
      const message = password === '' ? 'no password set' : 'password incorrect'
      return {
        status: 200,
        json: { session: { valid: true, totp: false, sid: null, validity: -1, message } },
      }
    }
    while ((this.#attemptsS[0] ?? nowS) < nowS - 1) this.#attemptsS.shift()
    if (this.#attemptsS.push(nowS) > 3) return refusal(429, 'rate_limiting', 'Rate-limiting login attempts')
    const isApp = appPassword !== undefined && password === appPassword
    if (password !== right && !isApp) {
      const session = { valid: false, totp: rightTotp !== undefined, sid: null, validity: -1 }
      return { status: 401, json: { session: { ...session, message: 'password incorrect' } } }
    }
    if (rightTotp !== undefined && !isApp) {
      if (totp === undefined) return refusal(400, 'bad_request', 'No 2FA token found in JSON payload')
      if (totp !== rightTotp) return unauthorized('Invalid 2FA token')
      if (totp === this.#usedTotp) return unauthorized('Reused 2FA token', 'wait for new token')
      this.#usedTotp = rightTotp
    }
    const session = this.#sit(nowS, isApp)
    if (session === null) {
      return refusal(429, 'api_seats_exceeded', 'API seats exceeded', 'increase webserver.api.max_sessions')
    }
    const { sid, csrf } = session
    const message = isApp ? 'app-password correct' : 'password correct'
    const told = { valid: true, totp: rightTotp !== undefined, sid, csrf, validity: this.#validityS, message }
    const cookie = `sid=${sid}; SameSite=Lax; Path=/; Max-Age=${this.#validityS}; HttpOnly`
    return { status: 200, json: { session: told }, headers: { 'set-cookie': cookie } }
  }

  #sit(nowS: number, isApp: boolean): Session | null {
    const free = this.#taken.findIndex((session) => session === null || session.validUntilS <= nowS)
    if (free === -1) return null
    const token = () => randomBytes(16).toString('base64')
    const session = { sid: token(), csrf: token(), validUntilS: nowS + this.#validityS, isApp }
    this.#taken[free] = session
    return session
  }

  /** GET /api/auth. */
  tell(request: Request): Reply {
    const none = { totp: false, sid: null, validity: -1 }
    if (this.#options.password === null) {
      return { status: 200, json: { session: { valid: true, ...none, message: 'no password set' } } }
    }
    const session = this.#of(request)
    if (session === null) {
      return { status: 401, json: { session: { valid: false, ...none, message: 'no SID provided' } } }
    }
    const { sid, csrf } = session
    return {
      status: 200,
      json: {
        session: { valid: true, totp: false, sid, csrf, validity: this.#validityS, message: 'correct' },
      },
    }
  }

  /** DELETE /api/auth. */
  logOut(request: Request): Reply {
    const session = this.#of(request)
    if (session === null) return unauthorized()
    this.#taken[this.#taken.indexOf(session)] = null
    return { status: 204 }
  }

  list(): Reply {
    const sessions = this.#taken.flatMap((session, id) =>
      session === null ? [] : [{ id, valid: true, app: session.isApp, valid_until: session.validUntilS }],
    )
    return { status: 200, json: { sessions } }
  }
}

function sidIn(body: string): string | null {
  try {
    const { sid } = JSON.parse(body) as Record<string, unknown>
    return typeof sid === 'string' ? sid : null
  } catch {
    return null
  }
}
