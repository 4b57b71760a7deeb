import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestGateway } from './testing/test-gateway.ts'

const it = new TestGateway()
beforeAll(() => it.start())
afterAll(() => it[Symbol.asyncDispose]())

test('the document has every call, with schemas that resolve', async () => {
  const document = (await it.get('/api/openapi.json')).json()
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths).sort()).toEqual(
    [
      '/api/camera',
      '/api/camera/hls/{file}',
      '/api/camera/watch',
      '/api/config',
      '/api/config/schema',
      '/api/config/versions',
      '/api/config/versions/{id}',
      '/api/config/versions/{id}/restore',
      '/api/history/{source}',
      '/api/openapi.json',
      '/api/readings/{source}',
      '/api/sources',
      '/api/sources/{source}/commands',
      '/api/sources/{source}/run',
      '/api/status',
      '/health',
      '/health/ready',
      '/metrics',
    ].sort(),
  )
  const text = JSON.stringify(document)
  for (const [, ref] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    let value: Record<string, unknown> = document
    for (const step of String(ref).split('/')) value = value[step] as Record<string, unknown>
    expect(value, ref).toBeDefined()
  }
  const sources = document.paths['/api/sources'].get
  expect(sources.parameters).toEqual([
    { name: 'node', in: 'query', required: false, schema: expect.anything() },
  ])
  const schema = sources.responses['200'].content['application/json'].schema
  expect(schema.properties.sources.items.properties.state.enum).toContain('stale')
  expect(document.paths['/api/config'].patch.parameters).toEqual([
    { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } },
  ])
  const command = document.paths['/api/sources/{source}/commands'].post
  expect(command.parameters[0]).toMatchObject({ name: 'source', in: 'path', required: true })
  expect(command.requestBody.content['application/json'].schema.required).toEqual(['verb'])
  expect(command.responses['422'].content['application/problem+json'].schema.$ref).toContain('Problem')
})
