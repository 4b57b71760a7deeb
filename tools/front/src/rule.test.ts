import { describe, expect, it } from 'vitest'
import { parseRule, type RuleRequest } from './rule.ts'

const asked = (more: Partial<RuleRequest> = {}): RuleRequest => ({
  method: 'GET',
  host: 'Pi.example.net:8088',
  path: '/api/x',
  address: '100.64.0.1',
  headers: new Map([['x-a', ['one', 'two']]]),
  ...more,
})

describe('a rule', () => {
  it.each([
    ['Host(`pi.example.net`)', true],
    ['Host(`PI.example.net`)', true],
    ['Host(`example.net`)', false],
    ['Path(`/api/x`)', true],
    ['Path(`/api`)', false],
    ['PathPrefix("/api")', true],
    ['PathRegexp(`^/api/[a-z]$`)', true],
    ['PathRegexp(`^/x`)', false],
    ['Method(`get`)', true],
    ['Method(`POST`)', false],
    ['Header(`X-A`, `two`)', true],
    ['Header(`X-A`, `tw`)', false],
    ['HeaderRegexp(`x-a`, `^o`)', true],
    ['HeaderRegexp(`x-b`, `.*`)', false],
    ['ClientIP(`100.64.0.0/10`)', true],
    ['ClientIP(`10.0.0.0/8`)', false],
    ['!Path(`/`)', true],
    ['!!Path(`/`)', false],
    // `&&` binds before `||`.
    ['Path(`/api/x`) || Path(`/`) && Path(`/`)', true],
    ['(Path(`/api/x`) || Path(`/`)) && Path(`/`)', false],
    ['!(Path(`/`) || Method(`POST`)) && PathPrefix(`/api`)', true],
  ])('%s is %s', (text, expected) => {
    expect(parseRule(text)(asked())).toBe(expected)
  })

  it('takes an IPv4-mapped address for the IPv4 address that it is', () => {
    expect(parseRule('ClientIP(`100.64.0.0/10`)')(asked({ address: '::ffff:100.64.0.1' }))).toBe(true)
  })

  it.each([
    ['', 'a matcher expected'],
    ['Path(/api)', 'not understood'],
    ["Path('/api')", 'not understood'],
    ['PathPrefix(`/api`, `/ws`)', 'takes 1 argument(s), not 2'],
    ['Header(`a`)', 'takes 2 argument(s), not 1'],
    ['Path()', 'an argument in backticks expected'],
    ['Path(`/a`', '")" expected, found its end'],
    ['(Path(`/a`)', '")" expected'],
    ['Path(`/a`) Path(`/b`)', 'its end expected'],
    ['Path(`/a`) & Path(`/b`)', 'not understood'],
    ['Path(`/a`) ||', 'a matcher expected'],
    ['HostSNI(`*`)', 'HostSNI is not known'],
    ['constructor(`a`)', 'constructor is not known'],
    ['Path(`api`)', 'does not begin with "/"'],
    ['PathRegexp(`(`)', 'no regular expression'],
    ['ClientIP(`home`)', 'neither an address nor a network'],
  ])('%s is refused', (text, expected) => {
    expect(() => parseRule(text)).toThrow(expected)
  })
})
