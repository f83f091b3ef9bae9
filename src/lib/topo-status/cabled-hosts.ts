// Owns the hosts of a topology, which `sonde topo import --keep-hosts` keeps: where each is connected. See fabric.ts for the folder.

import type { JsonValue, Topology } from '../topo/topology.ts'

export interface CabledHost {
  readonly name: string
  readonly node: string
  readonly port: string
}

/** `hosts` is an attribute of the topology: `{"h1": {"ports": {"eth1": {"node": "leaf1", "port": "swp3"}}}}`; what is of another form is left out. */
export function cabledHosts(topology: Topology | undefined): CabledHost[] {
  return membersOf(topology?.attributes?.get('hosts')).flatMap(([name, host]) =>
    membersOf(memberOf(host, 'ports')).flatMap(([, at]) => {
      const [node, port] = [memberOf(at, 'node'), memberOf(at, 'port')]
      return typeof node === 'string' && typeof port === 'string' ? [{ name, node, port }] : []
    }),
  )
}

/** `leaf1 swp3` → the host there; ports of several have none. */
export function hostsByPort(topology: Topology | undefined): ReadonlyMap<string, string> {
  const byPort = new Map<string, string | undefined>()
  for (const { name, node, port } of cabledHosts(topology)) {
    const key = `${node} ${port}`
    byPort.set(key, byPort.has(key) && byPort.get(key) !== name ? undefined : name)
  }
  return new Map([...byPort].flatMap(([port, name]) => (name === undefined ? [] : [[port, name] as const])))
}

const isObject = (value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const membersOf = (value: JsonValue | undefined): [string, JsonValue][] =>
  isObject(value) ? Object.entries(value) : []

const memberOf = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
