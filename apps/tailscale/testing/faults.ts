import { type HttpFault, httpFaults } from '@tailboard/service/testing/http-faults'

const plain =
  (status: number, body: string): HttpFault =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${body}\n`)

/** Everything that may come in place of an answer. `valid` is what would have come. */
export const faults = {
  ...httpFaults,
  'a byte short, and said so': (response, valid) => void response.end(valid.slice(0, -1)),
  '7 MB of blanks': (response) => void response.end(Buffer.alloc(7 * 1024 * 1024, ' ')),
  'nested without end': (response) =>
    void response.end(`{"BackendState":"Running","Self":${'['.repeat(1024 * 1024)}`),
  'nested a million deep': (response) =>
    void response.end(`{"BackendState":"Running","Health":${'['.repeat(1e6)}${']'.repeat(1e6)}}`),
  'a million devices': (response) =>
    void response.end(`{"BackendState":"Running","Peer":{${Array(1e6).fill('"n":{}').join()}}}`),
  'a million users': (response) =>
    void response.end(`{"BackendState":"Running","User":{${Array(1e6).fill('"1":{}').join()}}}`),
  'a device with a million tags': (response) =>
    void response.end(`{"BackendState":"Running","Self":{"Tags":[${Array(1e6).fill('""').join()}]}}`),
  'text for true and false': (response, valid) =>
    void response.end(valid.replace(/: (true|false)(?=[,\n])/g, ': "$1"')),
  'a list for the peers': (response, valid) =>
    void response.end(valid.replace(/"Peer": \{/, '"Peer": [], "Was": {')),
  'not HTTP': (response) => {
    response.socket?.end('hello, this is another program\n')
  },
  '403, status access denied': plain(403, 'status access denied'),
  '404, a path it does not know': plain(404, '404 page not found'),
  '500': plain(500, 'something broke'),
  '503, no backend yet': plain(503, 'no backend'),
} satisfies Record<string, HttpFault>
export type FaultName = keyof typeof faults
