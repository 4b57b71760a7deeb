import * as v from 'valibot'
import { amount, field, percent } from '../field.ts'
import { defineSource } from '../source.ts'
import { text } from '../text.ts'
import { isoTime } from '../time.ts'

/** What keeps the reading within its 32 KB, whatever Pi-hole tells. */
export const piholeLimits = { slots: 145, top: 20, domain: 100, name: 64, version: 40 } as const

/** A number of queries, clients or domains. Null: Pi-hole does not know, or keeps it to itself (its privacy level). */
const count = v.nullable(v.pipe(amount, v.integer(), v.maxValue(Number.MAX_SAFE_INTEGER)))

export const piholeBlockingStates = ['enabled', 'disabled', 'failed', 'unknown'] as const
export type PiholeBlockingState = (typeof piholeBlockingStates)[number]

const topDomains = (label: string) =>
  field(
    v.nullable(
      v.pipe(v.array(v.object({ domain: text(piholeLimits.domain), count })), v.maxLength(piholeLimits.top)),
    ),
    { label },
  )

const slots = v.pipe(v.array(count), v.maxLength(piholeLimits.slots))

/** What Pi-hole did in the last 24 hours and whether it blocks now. Null: it does not tell. */
export const piholeData = v.object({
  blocking: v.object({
    /** `failed`: its DNS is down, nothing in the house resolves a name through it. */
    state: field(v.picklist(piholeBlockingStates), { label: 'Blocking' }),
    /** Until it turns over by itself, counted from the reading. Null: no timer runs, or a v5 that does not tell. */
    remainingS: field(v.nullable(amount), { label: 'Until it changes back', unit: 's' }),
  }),
  /** Of the last 24 hours. */
  queries: v.object({
    total: field(count, { label: 'Questions' }),
    blocked: field(count, { label: 'Stopped' }),
    blockedPercent: field(v.nullable(percent), { label: 'Stopped', unit: '%', series: true }),
    uniqueDomains: field(count, { label: 'Different domains' }),
    forwarded: field(count, { label: 'Passed on' }),
    cached: field(count, { label: 'Answered from memory' }),
    perS: field(v.nullable(amount), { label: 'Questions a second', unit: '1/s', series: true }),
  }),
  clients: v.object({
    active: field(count, { label: 'Devices, last 24 hours', series: true }),
    known: field(count, { label: 'Devices ever seen' }),
  }),
  lists: v.object({
    domains: field(count, { label: 'Domains on the lists' }),
    updatedAt: field(v.nullable(isoTime), { label: 'Lists updated' }),
  }),
  /** Questions of the last 24 hours in slots of `slotS`, the oldest first; null where Pi-hole has no slot. */
  history: v.nullable(
    v.object({
      /** The middle of the first slot, as Pi-hole names it. */
      from: isoTime,
      slotS: v.pipe(amount, v.minValue(1)),
      total: slots,
      blocked: slots,
    }),
  ),
  /** The most frequent first. Null: not asked for, or kept to itself by Pi-hole's privacy level. */
  topBlocked: topDomains('Most stopped'),
  topPermitted: topDomains('Most let through'),
  topClients: field(
    v.nullable(
      v.pipe(
        v.array(v.object({ name: v.nullable(text(piholeLimits.name)), address: text(45), count })),
        v.maxLength(piholeLimits.top),
      ),
    ),
    { label: 'Devices that ask most' },
  ),
  software: v.object({
    /** How it was spoken to. v5 is no longer maintained. */
    api: v.picklist(['v6', 'v5']),
    core: v.nullable(text(piholeLimits.version)),
    web: v.nullable(text(piholeLimits.version)),
    ftl: v.nullable(text(piholeLimits.version)),
    /** The tag of its image; null when it is not in a container. */
    docker: v.nullable(text(piholeLimits.version)),
    /** Newer versions than those installed; empty when there is none, null when Pi-hole does not know. */
    updates: v.nullable(
      v.pipe(
        v.array(
          v.object({
            part: v.picklist(['core', 'web', 'ftl', 'docker']),
            installed: text(piholeLimits.version),
            latest: text(piholeLimits.version),
          }),
        ),
        v.maxLength(4),
      ),
    ),
  }),
})
export type PiholeData = v.InferOutput<typeof piholeData>

const topMessage = `must be a whole number from 0 to ${piholeLimits.top}`

const settings = {
  topCount: field(
    v.optional(
      v.pipe(
        v.number(topMessage),
        v.integer(topMessage),
        v.minValue(0, topMessage),
        v.maxValue(piholeLimits.top, topMessage),
      ),
      10,
    ),
    {
      label: 'Length of the lists',
      description: `How many domains and devices the lists of the most frequent show, ${piholeLimits.top} at most. 0: none, so that nobody sees who asked for what.`,
    },
  ),
}
export type PiholeSettings = v.InferOutput<v.ObjectSchema<typeof settings, undefined>>

const minutesMessage = 'must be a whole number of minutes from 1 to 1440, or null: until it is switched on'

/** The commands' arguments, for those who carry them out. */
export const piholeDisableArgs = v.object({
  minutes: field(
    v.nullable(
      v.pipe(
        v.number(minutesMessage),
        v.integer(minutesMessage),
        v.minValue(1, minutesMessage),
        v.maxValue(1440, minutesMessage),
      ),
    ),
    { label: 'For', unit: 'min', description: 'Empty: until it is switched on again.' },
  ),
})

const address = /^https?:\/\/(\[[0-9a-f:.]+\]|[\p{L}\p{N}._-]+)(:\d{1,5})?(\/[\p{L}\p{N}._~%/-]*)?$/iu

export const pihole = defineSource({
  id: 'pihole',
  title: 'Pi-hole',
  description: 'What Pi-hole stopped today, and whether it is on.',
  life: 'poll',
  schema: 1,
  data: piholeData,
  defaults: { enabled: true, intervalSeconds: 60, timeoutSeconds: 30 },
  settings,
  commands: {
    disable: {
      title: 'Switch blocking off',
      description: 'For a number of minutes, or until it is switched on again.',
      args: piholeDisableArgs,
    },
    enable: { title: 'Switch blocking on', description: 'Ends a pause at once.', args: v.object({}) },
  },
  variables: {
    PIHOLE_URL: {
      schema: v.pipe(
        v.string(),
        v.regex(address, 'must be an address such as http://192.168.1.2:8081, with no password in it'),
        // People copy it from the browser.
        v.transform((url) => url.replace(/\/+$/, '').replace(/\/(admin|api)(\/.*)?$/, '')),
      ),
      default: 'http://host.docker.internal',
      description:
        'Where Pi-hole’s page opens, without /admin. http://host.docker.internal is this Pi itself, http://host.docker.internal:8081 with another port than 80.',
      group: 'Pi-hole',
    },
    PIHOLE_PASSWORD: {
      schema: v.pipe(v.string(), v.maxLength(256, 'must be 256 characters or fewer')),
      default: '',
      description:
        'An app password of Pi-hole (Settings > Web interface / API > Expert > Configure app password); with a v5 the API token. Empty: Pi-hole has no password.',
      group: 'Pi-hole',
      secret: true,
    },
    PIHOLE_TLS_FINGERPRINT: {
      schema: v.pipe(
        v.string(),
        v.transform((given) => given.replace(/^.*=/, '').replace(/[\s:]/g, '')),
        v.regex(/^([0-9a-f]{64})?$/i, 'must be a SHA-256 fingerprint: 64 hexadecimal digits'),
      ),
      default: '',
      description:
        'For an https address: the SHA-256 fingerprint of the certificate that Pi-hole signed itself, the only one to be trusted. On the Pi-hole, openssl x509 -noout -sha256 -fingerprint -in /etc/pihole/tls.pem prints it.',
      group: 'Pi-hole',
    },
    PIHOLE_TLS_INSECURE: {
      schema: v.pipe(
        v.picklist(['', '0', '1'], 'must be 1 or empty'),
        v.transform((value) => value === '1'),
      ),
      default: '',
      description:
        'Set to 1 to trust any certificate there: whoever gets in between can then read the password. The fingerprint is the better way.',
      group: 'Pi-hole',
    },
  },
  givesBack: true,
})
