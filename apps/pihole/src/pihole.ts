import { type Command, parseOrThrow, TailboardError } from '@tailboard/contracts'
import { type PiholeSettings, pihole, piholeDisableArgs } from '@tailboard/contracts/sources/pihole'
import { redactor } from '@tailboard/service/redact'
import type { Measurement, PollSource, RunContext } from '@tailboard/service/run-source'
import * as v from 'valibot'
import { advise } from './advice.ts'
import type { Blocking, Box } from './box.ts'
import { type Ask, connection } from './connection.ts'
import { detect } from './detect.ts'
import { gateIn } from './gate.ts'
import { seatIn } from './seat.ts'
import { v5, v5Token } from './v5.ts'
import { v6 } from './v6.ts'
import { logOut } from './v6-login.ts'
import { Session } from './v6-session.ts'

const knownSchema = v.object({ of: v.string(), api: v.picklist(['v6', 'v5']) })

export const piholeSource: PollSource = { contract: pihole, measure, carryOut, giveBack }

async function measure(context: RunContext): Promise<Measurement> {
  const { topCount } = context.settings as RunContext['settings'] & PiholeSettings
  const { data, problem } = await withBox(context, (box) => box.read(topCount))
  return problem === null ? { data } : { data, problem }
}

async function carryOut(command: Command, context: RunContext): Promise<string> {
  if (command.verb === 'enable') {
    return outcomeOf(await withBox(context, (box) => box.setBlocking(true, null)), 'enabled')
  }
  if (command.verb !== 'disable') {
    throw new TailboardError('misconfigured', `Pi-hole’s source knows no command ${command.verb}`)
  }
  const { minutes } = parseOrThrow(piholeDisableArgs, command.args, 'the command disable')
  const forS = minutes === null ? null : minutes * 60
  return outcomeOf(await withBox(context, (box) => box.setBlocking(false, forS)), 'disabled')
}

/** In words, by what Pi-hole answered and not by what was asked of it. */
function outcomeOf({ state, remainingS }: Blocking, wanted: Blocking['state']): string {
  if (state !== wanted) {
    throw new TailboardError('refused', `Pi-hole took the order, but its blocking is now: ${state}`, {
      hint: state === 'failed' ? 'Its DNS is down: look at the Pi-hole.' : 'Look at its own page.',
    })
  }
  if (state === 'enabled') return 'Pi-hole blocks again'
  if (remainingS === null) return 'Pi-hole lets everything through until blocking is switched on again'
  const minutes = Math.max(1, Math.round(remainingS / 60))
  return `Pi-hole lets everything through for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`
}

/** The last run of a source that was switched off: its seat goes back to whoever needs one. */
async function giveBack(context: RunContext): Promise<void> {
  const { ask, baseUrl } = open(context)
  const seat = seatIn(context, baseUrl)
  const sid = await seat.load()
  try {
    if (sid !== null) await logOut(ask, sid)
  } catch (error) {
    if (!(error instanceof TailboardError)) throw error
    throw new TailboardError(error.kind, `The seat at Pi-hole was not given back: ${error.message}`, {
      hint: 'Nobody uses it any more: Pi-hole takes it back by itself after half an hour.',
      cause: error,
    })
  }
  await seat.drop()
}

function open({ environment, signal }: RunContext): { ask: Ask; baseUrl: string; password: string } {
  const own = environment as Record<string, unknown>
  const fingerprint256 = String(own.PIHOLE_TLS_FINGERPRINT)
  const trust =
    fingerprint256 !== ''
      ? { fingerprint256 }
      : own.PIHOLE_TLS_INSECURE === true
        ? { insecure: true as const }
        : undefined
  const baseUrl = String(own.PIHOLE_URL)
  return { ask: connection({ baseUrl, trust }, signal), baseUrl, password: String(own.PIHOLE_PASSWORD) }
}

async function withBox<T>(context: RunContext, work: (box: Box) => Promise<T>): Promise<T> {
  const { ask, baseUrl, password } = open(context)
  const gate = gateIn(context, baseUrl, password)
  try {
    const known = await context.memory.recall('api', knownSchema)
    const api = known?.of === baseUrl ? known.api : await detect(ask)
    if (known?.of !== baseUrl || known.api !== api) await context.memory.set('api', { of: baseUrl, api })
    if (api === 'v6') return await work(v6(new Session(ask, password, seatIn(context, baseUrl), gate)))
    const token = v5Token(password)
    redactor.add(token)
    return await work(v5(ask, token, gate))
  } catch (error) {
    // It may have become another version, or something else: the next run looks anew.
    if (error instanceof TailboardError && error.kind === 'malformed') await context.memory.delete('api')
    throw advise(error, { hasWorked: context.previous !== null })
  }
}
