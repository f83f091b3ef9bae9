// Owns saying what a file is that was given as a topology and is none, and which command makes one of it. See topology.ts for the
// folder. Start at describeForeign; sonde topo import itself reads such files.

/** What a file is, as a clause behind its name, and what to do with it. */
export interface Foreign {
  readonly what: string
  readonly step: string
}

/** So much of a file tells its kind. */
const HEAD = 65_536

/** First bytes of captures and of what packs them (lib/source/sniff.ts reads them), in hex. */
const captures = /^(?:a1b2(?:c3d4|3c4d)|d4c3b2a1|4d3cb2a1|0a0d0d0a|1f8b|28b52ffd)/

/** Comments of DOT before its first word, within HEAD; each is passed by one step, so that nothing is tried twice. */
const dotComment = /^(?:#|\/\/)[^\n]*(?:\n|$)|^\/\*[\s\S]*?(?:\*\/|$)/

/** Texts that sonde topo import reads, by what stands in them. */
const texts: readonly (readonly [pattern: RegExp, what: string, kind: string])[] = [
  [/^(?:strict\s|(?:di)?graph\b)/i, 'DOT (Graphviz)', 'dot'],
  [/^Hostname +Interface +Peer Hostname/m, 'the table of netq show lldp', 'netq'],
  [/Neighbor Device ID +Neighbor Port ID/, 'the table of show lldp neighbors', 'eapi'],
  [/^topology:/m, 'a lab file of containerlab', 'containerlab'],
  [/"lldpNeighbors"/, 'eAPI’s LLDP neighbours', 'eapi'],
  [/"peer_?[hH]ostname"/, 'LLDP records of NetQ', 'netq'],
  [/"(?:lldp|iface_obj)"\s*:/, 'LLDP neighbours', 'lldp'],
  [/"edges"\s*:\s*\[/, 'Batfish’s layer-1 topology', 'batfish'],
  [/"(?:a_terminations|termination_a|connected_endpoints?|device_type)"\s*:/, 'pages of NetBox', 'netbox'],
  [/"links"\s*:\s*\[/, 'a lab’s topology-data.json of containerlab', 'containerlab'],
]

/**
 * @param bytes of the file, at least its first 64 KiB
 * @param path for the command
 * @param what the flag that took it, `--topology`
 * @returns undefined where it may be a topology, or nothing that is known
 */
export function describeForeign(bytes: Uint8Array, path: string, what: string): Foreign | undefined {
  const begin = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (captures.test(begin)) {
    return { what: 'a capture', step: `A capture stands without ${what}: ${what} topology.json ${path}` }
  }
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD))
  if (head.includes('\0')) return undefined
  const text = withoutComments(head)
  const [, of, kind] = texts.find(([pattern]) => pattern.test(text)) ?? []
  if (of === undefined) return undefined
  return { what: of, step: `sonde topo import ${kind} ${path} > topology.json makes a topology of it.` }
}

function withoutComments(head: string): string {
  let text = head.replace(/^\ufeff/, '').trimStart()
  for (let comment = dotComment.exec(text); comment !== null; comment = dotComment.exec(text)) {
    text = text.slice(comment[0].length).trimStart()
  }
  return text
}
