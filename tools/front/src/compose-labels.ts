import { parse } from 'yaml'
import { type Definitions, qualified } from './definitions.ts'
import { RoutingError } from './routing-error.ts'
import { type Dict, dict, string, whole } from './shape.ts'
import type { Environment } from './template.ts'

/** Compose's `${NAME}`, `${NAME:-default}` and `$$`: what our file uses. Anything else throws. */
export function interpolate(source: string, env: Environment): string {
  return source.replace(
    /\$(\$|\{([A-Z0-9_]+)(?::-([^}$]*))?\}|.?)/g,
    (text, all: string, name?: string, other?: string) => {
      if (all === '$') return '$'
      if (name === undefined) throw new RoutingError(`docker-compose.yml: "${text}" is not understood here`)
      return env[name] || other || ''
    },
  )
}

/** Labels as Compose takes them: a mapping, or a list of `key=value`. */
function labelsOf(value: unknown, where: string): Map<string, string> {
  const found = new Map<string, string>()
  const pairs: [string, unknown][] = Array.isArray(value)
    ? value.map((item) => {
        const text = string(item, where)
        const at = text.indexOf('=')
        return [at < 0 ? text : text.slice(0, at), at < 0 ? '' : text.slice(at + 1)]
      })
    : Object.entries(dict(value, where))
  for (const [key, text] of pairs) found.set(key, String(text ?? ''))
  return found
}

/** The real names of the networks that a service is in. */
function networksOf(service: Dict, root: Dict, project: string, where: string): string[] {
  const named = service.networks ?? ['default']
  const names = Array.isArray(named) ? named.map((n) => string(n, where)) : Object.keys(dict(named, where))
  const all = dict(root.networks, 'networks')
  return names.map((name) => {
    const own = dict(all[name], `networks.${name}`).name
    return own === undefined ? `${project}_${name}` : string(own, `networks.${name}.name`)
  })
}

const csv = (text: string) => text.split(',').map((item) => item.trim())

/** Adds the routers and services that the labels of a compose file define. `env.COMPOSE_PROJECT_NAME` names the project. */
export function addComposeLabels(
  to: Definitions,
  source: string,
  env: Environment,
  isExposedByDefault: boolean,
): void {
  const name = string(dict(parse(source, { merge: true }), 'docker-compose.yml').name ?? 'tailboard', 'name')
  const project = env.COMPOSE_PROJECT_NAME || name
  const root = dict(
    parse(interpolate(source, { ...env, COMPOSE_PROJECT_NAME: project }), { merge: true }),
    'docker-compose.yml',
  )
  for (const [key, value] of Object.entries(dict(root.services, 'services'))) {
    const service = dict(value, `services.${key}`)
    const labels = labelsOf(service.labels, `services.${key}.labels`)
    const enabled = labels.get('traefik.enable')
    if (enabled === undefined ? !isExposedByDefault : enabled !== 'true') continue
    addService(to, key, labels, networksOf(service, root, project, `services.${key}.networks`))
  }
}

function addService(to: Definitions, key: string, labels: Map<string, string>, networks: string[]): void {
  const routers = new Map<string, Map<string, string>>()
  const services: string[] = []
  for (const [label, value] of labels) {
    const where = `services.${key}: label ${label}`
    const router = /^traefik\.http\.routers\.([^.]+)\.(rule|entrypoints|priority|middlewares|service)$/i.exec(
      label,
    )
    const port = /^traefik\.http\.services\.([^.]+)\.loadbalancer\.server\.port$/i.exec(label)
    if (router) {
      const [, name = '', option = ''] = router
      const options = routers.get(name) ?? new Map<string, string>()
      routers.set(name, options.set(option.toLowerCase(), value))
    } else if (port) {
      const name = qualified(port[1] ?? '', 'docker')
      services.push(name)
      to.services.set(name, whole(value, where))
    } else if (label === 'traefik.docker.network') {
      if (!networks.includes(value))
        to.problems.push(
          `${where}: this service is in no network of the name "${value}" (it is in ${networks.join(', ')})`,
        )
    } else if (label.startsWith('traefik.') && label !== 'traefik.enable')
      throw new RoutingError(`${where} is not known here`)
  }
  if (services.length === 0 && routers.size > 0)
    to.problems.push(`services.${key}: no label names its port, so the image's own decides`)
  for (const [name, options] of routers) {
    const where = `services.${key}: router ${name}`
    const priority = options.get('priority')
    const service = options.get('service') ?? (services.length === 1 ? services[0] : undefined)
    if (service === undefined) {
      to.problems.push(`${where} names no service`)
      continue
    }
    to.routers.push({
      name: qualified(name, 'docker'),
      rule: string(options.get('rule'), `${where}.rule`),
      priority: priority === undefined ? null : whole(priority, `${where}.priority`),
      entryPoints: options.has('entrypoints') ? csv(options.get('entrypoints') ?? '') : null,
      middlewares: options.has('middlewares')
        ? csv(options.get('middlewares') ?? '').map((m) => qualified(m, 'docker'))
        : [],
      service: qualified(service, 'docker'),
    })
  }
}
