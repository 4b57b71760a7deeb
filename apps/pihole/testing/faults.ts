import { type HttpFault, httpFaults } from '@tailboard/service/testing/http-faults'

const error =
  (status: number, key: string, message: string, hint: unknown = null): HttpFault =>
  (response) => {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify({ error: { key, message, hint }, took: 0.0003 }))
  }

/** Everything that may come in place of an answer. `valid` is what would have come. */
export const faults = {
  ...httpFaults,
  'wrong type: text for numbers': (response, valid) =>
    void response.end(valid.replace(/:(-?[\d.]+)/g, ':"many"').replace(/:(true|false)/g, ':"$1"')),
  'a redirect to https': (response) =>
    void response.writeHead(308, { location: 'https://pi.hole/api/info/login' }).end(),
  '403 forbidden': error(403, 'forbidden', 'Unable to change configuration', 'app session'),
  '404 not_found': error(404, 'not_found', 'Not found', '/api/dns/blocking'),
  '429 rate_limiting': error(429, 'rate_limiting', 'Rate-limiting login attempts'),
  '429 seats': error(429, 'api_seats_exceeded', 'API seats exceeded', 'increase webserver.api.max_sessions'),
  '500 dns_failure': error(500, 'dns_failure', 'DNS server failed', null),
  'an error whose hint is no text': error(400, 'bad_request', 'Bad request', { really: ['odd'] }),
} satisfies Record<string, HttpFault>
export type FaultName = keyof typeof faults
