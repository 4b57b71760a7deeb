import { command, docker, Project, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('socketproxy')

interface Question {
  method: string
  path: string
  body?: string
}

/** Asks over the proxy's socket, from a container that has the volume as Traefik has it; the raw path, which `fetch` would tidy. */
async function ask(questions: Question[]): Promise<{ status: number; text: string }[]> {
  const script = `
    const { request } = require('node:http')
    const ask = ({ method, path, body }) => new Promise((resolve, reject) => {
      const asked = request({ socketPath: '/var/run/docker.sock/engine.sock', method, path, headers: { host: 'docker' } }, (answer) => {
        let text = ''
        answer.on('data', (chunk) => { text += chunk }).on('end', () => resolve({ status: answer.statusCode, text: text.slice(0, 300) }))
      })
      asked.on('error', reject).end(body)
    })
    ;(async () => {
      const answers = []
      for (const question of JSON.parse(process.argv[1])) answers.push(await ask(question))
      console.log(JSON.stringify(answers))
    })()`
  const limits = ['--cap-drop', 'ALL', '--read-only', '--network', 'none', '--user', '0:0']
  const volume = `${project.name}_docker-proxy:/var/run/docker.sock:ro`
  const node = ['--entrypoint', '/usr/local/bin/node', 'tailboard/gateway:local', '-e', script]
  const args = ['run', '--rm', ...limits, '-v', volume, ...node, JSON.stringify(questions)]
  return JSON.parse(await command('docker', args))
}

const get = (path: string): Question => ({ method: 'GET', path })
const post = (path: string, body = ''): Question => ({ method: 'POST', path, body })

describe.skipIf(without.has('engine'))('the socket proxy', () => {
  let id = ''
  beforeAll(async () => {
    await project.create()
    project.overrides.push('docker-compose.socket-proxy.yml')
    await project.build()
    await project.compose('up', '-d', '--wait', 'socket-proxy')
    id = (await project.inspect('socket-proxy')).Id
  })
  afterAll(() => project.remove())

  test('what Traefik asks is answered, by whatever version of the API', async () => {
    const questions = [
      get('/_ping'),
      { method: 'HEAD', path: '/_ping' },
      get('/version'),
      get('/v1.45/version'),
      get('/v1.45/containers/json?limit=0'),
      get(`/v1.45/containers/${id}/json`),
      get('/v1.45/events?since=1&until=2&filters=%7B%22type%22%3A%7B%22container%22%3Atrue%7D%7D'),
    ]
    const answers = await ask(questions)
    expect(answers.map(({ status }) => status)).toEqual(questions.map(() => 200))
    expect(answers[0]?.text).toBe('OK')
    expect(answers[3]?.text).toContain('ApiVersion')
    expect(answers[5]?.text).toContain(id)
  })

  test.each([
    ['making a container', () => post('/v1.45/containers/create', '{"Image":"redis:7-alpine"}')],
    ['starting one', () => post(`/v1.45/containers/${id}/start`)],
    ['stopping one', () => post(`/containers/${id}/stop`)],
    ['running a program in one', () => post(`/v1.45/containers/${id}/exec`, '{"Cmd":["id"]}')],
    ['removing one', () => ({ method: 'DELETE', path: `/v1.45/containers/${id}` })],
    ['reading its log', () => get(`/v1.45/containers/${id}/logs?stdout=1`)],
    ['taking its files', () => get(`/v1.45/containers/${id}/archive?path=/etc`)],
    ['attaching to it', () => get(`/v1.45/containers/${id}/attach/ws?stream=1`)],
    ['images', () => get('/v1.45/images/json')],
    ['building one', () => post('/v1.45/build')],
    ['volumes', () => get('/volumes')],
    ['networks', () => get('/networks')],
    ['secrets', () => get('/secrets')],
    ['the engine’s own settings', () => get('/info')],
    ['the root', () => get('/')],
    ['a POST of an allowed path', () => post('/v1.45/containers/json')],
    ['another method on it', () => ({ method: 'PUT', path: '/version' })],
    ['a path that only begins like one', () => get('/versionx')],
    ['a path that only ends like one', () => get('/images/containers/json')],
    ['a path that climbs', () => get(`/containers/../images/json`)],
    ['a path that climbs, encoded', () => get(`/containers/%2e%2e/images/json`)],
    ['an encoded slash', () => get(`/containers/x%2f..%2f..%2finfo%3f/json`)],
    ['two slashes', () => get('//info')],
    ['a query behind an inspect', () => get(`/containers/${id}/json?size=1`)],
    ['a whole address', () => get('http://docker/info')],
  ])('%s is 403', async (_what, question) => {
    const [answer] = await ask([question()])
    expect(answer?.status).toBe(403)
  })

  test('it can do nothing else: no network, no capability, nothing to write', async () => {
    const { HostConfig, NetworkSettings } = await project.inspect('socket-proxy')
    expect(HostConfig).toMatchObject({
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      ReadonlyRootfs: true,
      PortBindings: {},
    })
    expect(HostConfig.SecurityOpt).toEqual(['no-new-privileges:true'])
    expect(Object.keys(NetworkSettings.Networks)).toEqual(['none'])
  })

  test('killed, it comes back although its old socket is still there', async () => {
    await docker.getContainer(id).kill({ signal: 'SIGKILL' })
    await docker.getContainer(id).start()
    await project.compose('up', '-d', '--wait', 'socket-proxy')
    expect((await ask([get('/_ping')])).map(({ status }) => status)).toEqual([200])
  })

  test('Traefik has its socket in the place of the engine’s, and is told so', async () => {
    const text = await project.compose('--profile', '*', 'config', '--format', 'json')
    const { traefik } = (
      JSON.parse(text) as {
        services: Record<
          string,
          { volumes: { type: string; source: string; target: string }[]; environment: Record<string, string> }
        >
      }
    ).services
    const at = traefik?.volumes.filter(({ source, target }) => /docker/.test(source + target))
    expect(at).toMatchObject([{ type: 'volume', source: 'docker-proxy', target: '/var/run/docker.sock' }])
    expect(traefik?.environment.TAILBOARD_DOCKER_ENDPOINT).toBe('unix:///var/run/docker.sock/engine.sock')
  })
})
