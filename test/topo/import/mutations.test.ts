// Broken texts of every kind: an InputError, or a topology that can be written and read again; never anything else.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { InputError } from '../../../src/lib/errors.ts'
import { buildDefaults, buildTopology, importCabling, importKinds } from '../../../src/lib/topo/import/import.ts'
import { formatTopology, readTopology } from '../../../src/lib/topo/read-topology.ts'
import { sharedPath } from '../../helpers/shared.ts'

const folder = sharedPath('captures/topology')
const texts = [
  'graph { "a":1 -- b:2 [x=y]; subgraph { c } -- d }',
  '{"lldp": {"interface": [{"swp1": {"chassis": {"b": {"capability": []}}, "port": {"id": {"type": "ifname", "value": "1"}}}}]}}',
  '[{"hostname": "a", "ifname": "1", "peer_hostname": "b", "peer_ifname": "2"}]',
  ...(folder === undefined
    ? []
    : readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8').slice(0, 6000))),
]

/** A generator of its own, so that a failure can be had again. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 0x100000000) * below)
  }
}

const pieces = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ':',
  '--',
  ',',
  '\n',
  '#',
  '/*',
  '\\',
  'null',
  '__proto__',
  '0',
  '\u0000',
  ' ',
  '&a',
  '*a',
]

function mutated(text: string, pick: (below: number) => number): string {
  let result = text
  for (let i = 1 + pick(4); i > 0; i--) {
    const at = pick(result.length + 1)
    const to = Math.min(result.length, at + pick(20))
    const middle = [pieces[pick(pieces.length)]!, '', result.slice(at, to).repeat(2)][pick(3)]!
    result = result.slice(0, at) + middle + result.slice(to)
  }
  return result
}

test('mutated texts', async () => {
  const pick = random(7)
  let good = 0
  for (let round = 0; round < 600; round++) {
    const text = mutated(texts[pick(texts.length)]!, pick)
    const kind = pick(3) === 0 ? importKinds[pick(importKinds.length)]! : undefined
    try {
      const { topology } = buildTopology(await importCabling(kind, [{ name: 'x', text }]), {
        ...buildDefaults,
        keepHosts: true,
      })
      const again = readTopology(formatTopology(topology), 'x')
      assert.deepEqual([again.links.size, again.nodes.size], [topology.links.size, topology.nodes.size])
      good++
    } catch (error) {
      assert.ok(error instanceof InputError, `round ${round}: ${error instanceof Error ? error.stack : error}\n${text}`)
    }
  }
  assert.ok(good > 50, String(good))
})
