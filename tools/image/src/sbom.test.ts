import { describe, expect, test } from 'vitest'
import type { Inside } from './inside.ts'
import { type Lock, runtimePackages } from './lock.ts'
import { makeBom } from './sbom.ts'
import { debianLicenses, parseAlpine, parseDebian } from './system-packages.ts'
import { schemaProblems } from './testing/schema.ts'

const lock: Lock = {
  importers: {
    'apps/tide': {
      dependencies: { '@tailboard/service': { version: 'link:../../packages/service' } },
      devDependencies: { '@scope/checker': { version: '2.0.0' } },
    } as Lock['importers'][string],
    'packages/service': { dependencies: { store: { version: '6.0.0(codec@1.0.0)' } } },
  },
  packages: {
    'store@6.0.0': { resolution: { integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}` } },
    '@scope/deep@1.0.0': { resolution: {} },
    '@scope/checker@2.0.0': { resolution: {} },
  },
  snapshots: {
    'store@6.0.0(codec@1.0.0)': { dependencies: { '@scope/deep': '1.0.0' } },
    '@scope/deep@1.0.0': {},
    '@scope/checker@2.0.0': {},
  },
}

const inside = (changes: Partial<Inside> = {}): Inside => ({
  paths: [],
  nodePackages: [
    { name: 'store', version: '6.0.0', license: 'MIT' },
    { name: '@scope/deep', version: '1.0.0', license: 'MIT OR Apache-2.0' },
  ],
  systemPackages: [
    {
      kind: 'deb',
      name: 'libstdc++6',
      version: '14.2.0-19',
      architecture: 'arm64',
      licenses: ['GPL-3+ with GCC exception'],
    },
  ],
  nodeVersions: { node: '24.21.0', v8: '13.6.233.10-node.28', modules: '137', napi: '10' },
  ...changes,
})

describe('a bill of materials', () => {
  test('is what the official schema asks for', () => {
    const bom = makeBom('tide', 'linux/arm64', '0.1.0', inside(), lock)
    expect(schemaProblems(bom)).toEqual([])
    expect(bom.components.map(({ purl }) => purl)).toEqual([
      'pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=arm64',
      'pkg:generic/node@24.21.0',
      'pkg:npm/%40scope/deep@1.0.0',
      'pkg:npm/store@6.0.0',
    ])
    expect(bom.components[3]?.hashes).toEqual([{ alg: 'SHA-512', content: '07'.repeat(64) }])
  })

  test('the schema has something against what is none', () => {
    const bom = makeBom('tide', 'linux/arm64', '0.1.0', inside(), lock)
    expect(schemaProblems({ ...bom, components: [{ name: 'store' }] })).not.toEqual([])
    expect(
      schemaProblems({
        ...bom,
        components: [{ type: 'library', name: 'a', licenses: [{ license: { id: 'My own' } }] }],
      }),
    ).not.toEqual([])
  })

  test.each([
    ['a development dependency', { name: '@scope/checker', version: '2.0.0' }],
    ['another version than the locked one', { name: 'store', version: '5.9.0' }],
    ['a package that the lock file does not know', { name: 'stranger', version: '1.0.0' }],
  ])('refuses an image that holds %s', (_what, found) => {
    const image = inside({ nodePackages: [found] })
    expect(() => makeBom('tide', 'linux/amd64', '0.1.0', image, lock)).toThrow(
      `no dependency of apps/tide in pnpm-lock.yaml: ${found.name}@${found.version}`,
    )
  })

  test('an app that the lock file does not know is an error, not an empty list', () => {
    expect(() => runtimePackages(lock, 'apps/unknown')).toThrow('pnpm-lock.yaml knows no apps/unknown')
  })
})

describe('what a distribution says of its packages', () => {
  const record =
    'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc\nVersion: 2.41-12\n'

  test('Debian', () => {
    const notice =
      'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: LGPL-2.1+\n text\n\nFiles: b\nLicense: LGPL-2.1+\n'
    expect(parseDebian(record, new Map([['libc6', notice]]))).toEqual([
      { kind: 'deb', name: 'libc6', version: '2.41-12', architecture: 'amd64', licenses: ['LGPL-2.1+'] },
    ])
  })
  test('a notice in prose names no licence', () => {
    expect(debianLicenses('This is free software.\nLicense: see below')).toEqual([])
  })
  test('a record without a version is an error', () => {
    expect(() => parseDebian(record.replace(/^Version.*$/m, ''), new Map())).toThrow('lacks Package, Version')
  })
  test('Alpine', () => {
    expect(parseAlpine('P:pcre2\nV:10.46-r0\nA:aarch64\nL:BSD-3-Clause\no:pcre2\n\n')).toEqual([
      {
        kind: 'apk',
        name: 'pcre2',
        version: '10.46-r0',
        architecture: 'aarch64',
        licenses: ['BSD-3-Clause'],
      },
    ])
    expect(() => parseAlpine('P:pcre2\n')).toThrow('lacks P, V or A')
  })
})
