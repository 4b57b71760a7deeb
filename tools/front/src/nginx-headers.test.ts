import { describe, expect, it } from 'vitest'
import { nginxHeaders } from './nginx-headers.ts'

const conf = `
worker_processes 1; # "one"
events { worker_connections 64; }
http {
  include /etc/nginx/mime.types;
  server {
    listen [::]:3000;
    add_header Content-Security-Policy "default-src 'self'; img-src 'self'" always;
    add_header X-Content-Type-Options nosniff always;
    location = /index.html { add_header Cache-Control "no-cache"; }
    location /assets/ { add_header Cache-Control "public, immutable"; add_header X-Content-Type-Options nosniff; }
    location ~ \\.svg$ { add_header X-Svg 1; }
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
    ['/icon.svg', { 'x-svg': '1' }],
  ])('%s', (path, expected) => {
    expect(headers(path)).toEqual(expected)
  })

  it.each([
    ['server { include /etc/more; }', 'include /etc/more'],
    ['server { add_header X $y; }', 'a variable'],
    ['events { }', 'no server'],
    ['server { listen 1;', 'braces'],
    ['server { listen 1; } }', 'braces'],
  ])('%s is refused', (text, expected) => {
    expect(() => nginxHeaders(text)).toThrow(expected)
  })
})
