import { type HttpFault, httpFaults } from '@tailboard/service/testing/http-faults'

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): HttpFault =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
const openMeteoLimit = (reason: string) => json(429, { error: true, reason })

/** Everything that may come in place of an answer. `valid` is what would have come. */
export const faults = {
  ...httpFaults,
  'wrong type: text for numbers': (response, valid) =>
    void response.end(valid.replace(/:(-?\d[\d.]*)(?=[,}\]])/g, ':"$1"')),
  'only now': (response, valid) => {
    const { hourly: _, daily: __, ...rest } = JSON.parse(valid) as Record<string, unknown>
    response.end(JSON.stringify(rest))
  },
  'error:true with 200': json(200, { error: true, reason: 'Internal error' }),
  'error:true with 400': json(400, {
    error: true,
    reason: 'Latitude must be in range of -90 to 90°. Given: 300',
  }),
  '429, a minute': openMeteoLimit('Minutely API request limit exceeded. Please try again in one minute.'),
  '429, an hour': openMeteoLimit('Hourly API request limit exceeded. Please try again in the next hour.'),
  '429, a day': openMeteoLimit('Daily API request limit exceeded. Please try again tomorrow.'),
  '429, Retry-After': json(429, {}, { 'retry-after': '120' }),
  '429 of OpenWeatherMap': json(429, {
    cod: 429,
    message:
      'Your account is temporary blocked due to exceeding of requests limitation of your subscription type.',
  }),
  '404, cod as text': json(404, { cod: '404', message: 'city not found' }),
  '304 to a first question': (response) => void response.writeHead(304).end(),
} satisfies Record<string, HttpFault>
export type FaultName = keyof typeof faults
