import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nginxHeaders } from './nginx-headers.ts'

const conf = `
worker_processes 1; # "one"
events { worker_connections 64; }
http {
  include /etc/nginx/mime.types;
  map "$status $uri" $keep { default "no-cache"; "~^200 /kept/" "immutable"; }
  server {
    listen [::]:3000;
    add_header Content-Security-Policy "default-src 'self'; img-src 'self'" always;
    add_header X-Content-Type-Options nosniff always;
    location = /index.html { add_header Cache-Control "no-cache"; }
    location /assets/ { add_header Cache-Control "public, immutable"; add_header X-Content-Type-Options nosniff; }
    location ~ \\.svg$ { add_header X-Svg 1; }
    location /kept/ { add_header Cache-Control $keep always; }
    location / { try_files $uri /index.html; }
  }
}`

describe('the headers of an nginx file', () => {
  const headers = nginxHeaders(conf)

  it.each([
    [
      '/',
      {
        'content-security-policy': "default-src 'self'; img-src 'self'",
        'x-content-type-options': 'nosniff',
      },
    ],
    ['/index.html', { 'cache-control': 'no-cache' }],
    ['/assets/a.js', { 'cache-control': 'public, immutable', 'x-content-type-options': 'nosniff' }],
    ['/kept/a', { 'cache-control': 'immutable' }],
    ['/icon.svg', { 'x-svg': '1' }],
  ])('%s', (path, expected) => {
    expect(headers(path, 200)).toEqual(expected)
  })

  it.each([
    ['server { include /etc/more; }', 'include /etc/more'],
    ['server { add_header X $y; }', 'the variable $y'],
    ['events { }', 'no server'],
    ['server { listen 1;', 'braces'],
    ['server { listen 1; } }', 'braces'],
  ])('%s is refused', (text, expected) => {
    expect(() => nginxHeaders(text)).toThrow(expected)
  })

  it('knows the status in a map', () => {
    expect(headers('/kept/a', 404)).toEqual({ 'cache-control': 'no-cache' })
  })

  it('reads the real one, with its policy and its caching', () => {
    const real = nginxHeaders(
      readFileSync(join(import.meta.dirname, '../../../apps/frontend/nginx/nginx.conf'), 'utf8'),
    )
    const page = real('/index.html', 200)
    expect(page['content-security-policy']).toContain("default-src 'none'")
    expect(page['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(page['x-content-type-options']).toBe('nosniff')
    expect(page['cache-control']).toBe('no-cache')
    expect(real('/assets/index-abc.js', 200)['cache-control']).toContain('immutable')
    expect(real('/assets/index-abc.js', 404)['cache-control']).toBe('no-cache')
  })
})
