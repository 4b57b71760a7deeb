import type { Inside, NodePackage } from './inside.ts'
import { archiveSha512, type Lock, runtimePackages } from './lock.ts'
import { architecture, type Platform } from './names.ts'
import type { SystemPackage } from './system-packages.ts'

// CycloneDX 1.6 in the few fields that are used, written by hand: the project's own library would add 7 MB of classes to make the
// same JSON. Its copy of the official schema judges the result (sbom.test.ts, tests/stack/images.test.ts).

type License = { license: { id: string } | { name: string } } | { expression: string }

interface Component {
  type: 'container' | 'application' | 'library'
  'bom-ref': string
  group?: string
  name: string
  version: string
  purl?: string
  hashes?: { alg: 'SHA-512'; content: string }[]
  licenses?: License[]
  components?: Component[]
}

export interface Bom {
  bomFormat: 'CycloneDX'
  specVersion: '1.6'
  version: 1
  metadata: { component: Component }
  components: Component[]
}

/** Those of SPDX's names that our packages use. Any other is written as the words that it is. */
const spdx = new Set(
  '0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BlueOak-1.0.0 CC0-1.0 GPL-2.0-only GPL-3.0-only ISC LGPL-2.1-only MIT MPL-2.0 OpenSSL Python-2.0 Unlicense WTFPL Zlib'.split(
    ' ',
  ),
)

const license = (name: string): License => ({ license: spdx.has(name) ? { id: name } : { name } })

/**
 * The bill of materials of an image.
 * @throws Error when it holds a package that its app does not depend on at run time
 */
export function makeBom(app: string, platform: Platform, version: string, inside: Inside, lock: Lock): Bom {
  const allowed = runtimePackages(lock, `apps/${app}`)
  const stray = inside.nodePackages.filter((each) => !allowed.has(`${each.name}@${each.version}`))
  if (stray.length > 0) {
    const names = stray.map((each) => `${each.name}@${each.version}`).join(', ')
    throw new Error(
      `the image of ${app} holds what is no dependency of apps/${app} in pnpm-lock.yaml: ${names}`,
    )
  }
  const components = [
    ...inside.nodePackages.map((each) => nodeComponent(each, lock)),
    ...inside.systemPackages.map(systemComponent),
    ...nodeItself(inside.nodeVersions),
  ]
  const unique = new Map(components.map((component) => [component['bom-ref'], component]))
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'container',
        'bom-ref': `tailboard/${app}:${architecture(platform)}`,
        name: `tailboard/${app}`,
        version,
        licenses: [license('MIT')],
      },
    },
    components: [...unique.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
  }
}

function nodeComponent({ name, version, license: known }: NodePackage, lock: Lock): Component {
  const [, scope, plain = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? []
  const purl = `pkg:npm/${scope === undefined ? '' : `${encodeURIComponent(scope)}/`}${plain}@${version}`
  const sha512 = archiveSha512(lock, `${name}@${version}`)
  return {
    type: 'library',
    'bom-ref': purl,
    ...(scope === undefined ? {} : { group: scope }),
    name: plain,
    version,
    purl,
    ...(sha512 === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: sha512 }] }),
    ...(known === undefined
      ? {}
      : { licenses: [/ (OR|AND|WITH) /.test(known) ? { expression: known } : license(known)] }),
  }
}

function systemComponent({ kind, name, version, architecture: of, licenses }: SystemPackage): Component {
  const distribution = kind === 'deb' ? 'debian' : 'alpine'
  const purl = `pkg:${kind}/${distribution}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${of}`
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    ...(licenses.length === 0 ? {} : { licenses: licenses.map(license) }),
  }
}

/** The node binary, and inside it the libraries that it is built with, by its own account. */
function nodeItself(versions: Record<string, string>): Component[] {
  const { node, modules: _abi, napi: _level, ...libraries } = versions
  if (node === undefined) return []
  const component = (name: string, version: string): Component => {
    const purl = `pkg:generic/${encodeURIComponent(name)}@${encodeURIComponent(version)}`
    return { type: 'library', 'bom-ref': purl, name, version, purl }
  }
  const built = Object.entries(libraries).map(([name, version]) => component(name, version))
  return [{ ...component('node', node), type: 'application', licenses: [license('MIT')], components: built }]
}
