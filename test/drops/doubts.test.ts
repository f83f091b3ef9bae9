// What makes drops doubtful: ports that the agent does not tell of, a topology of another network.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { KnownPorts } from '../../src/lib/drops/places.ts'
import type { PortRow, PortSide } from '../../src/lib/port-rates/port-row.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { dropsOf } from './run.ts'

const fixture = (name: string) => join(repositoryRoot, 'fixtures', name)
const roce = fixture('roce.pcap')

function row(ifIndex: number, seconds: number | null): PortRow {
  const side = { sampledBy: null, samples: 0 } as PortSide
  const id = `192.0.2.1 ${ifIndex}`
  return { id, agent: '192.0.2.1', ifIndex, seconds, counterAge: 0, in: side, out: side } as PortRow
}

test('a port is foreign only once the agent has told of all its ports: another one has had two turns', () => {
  const known = new KnownPorts()
  known.see([row(1, null)])
  assert.equal(known.has('192.0.2.1', 6), null)
  known.see([row(1, null), row(6, null)])
  assert.equal(known.has('192.0.2.1', 6), null)
  known.see([row(1, 20), row(6, null)])
  assert.deepEqual([known.has('192.0.2.1', 6), known.has('192.0.2.1', 7)], [true, false])
  // Between its counters too.
  known.see([row(1, null), row(6, null)])
  assert.deepEqual([known.has('192.0.2.1', 6), known.has('192.0.2.1', 7)], [true, false])
  assert.equal(known.has('192.0.2.2', 1), null)
})

test('ports whose counters come seconds later are not called foreign', async () => {
  const windows = await dropsOf(roce, { windowMs: 5000 })
  assert.ok(windows.length > 3)
  for (const { rows, notes } of windows) {
    assert.ok(rows.every(({ place }) => place?.isKnown !== false))
    assert.deepEqual(
      notes.filter((note) => /\(\?\)|hsflowd/.test(note)),
      [],
    )
  }
})

test('counters of longer than the window say of how many seconds, and are no utilization where there are samples', async () => {
  const topology = fixture('roce.topology.json')
  const facts = async (windowMs: number | 'all') => {
    const windows = await dropsOf(roce, { topology, windowMs })
    const places = windows.flatMap(({ places }) => [...places.values()])
    return places.findLast(({ place, counted }) => place.direction === 'out' && counted.seconds !== null)!
  }
  const short = await facts(1000)
  assert.equal(Math.round(short.counted.seconds!), 9)
  assert.equal(short.utilizationBy, 'samples')
  assert.ok(Math.abs(short.utilization! - short.outBitsPerSecond! / 400e9) < 1e-9)
  const all = await facts('all')
  assert.equal(all.utilizationBy, 'counters')
  assert.ok(all.counted.seconds! > 15 && all.counted.seconds! < 30)
})

test('a topology of another network is said not to fit; one that fits is not', async (t) => {
  const misfits = async (topology: string) => {
    const [window] = await dropsOf(roce, { topology })
    return window!.notes.filter((note) => /topology/.test(note))
  }
  assert.deepEqual(await misfits(fixture('roce.topology.json')), [])
  const folder = mkdtempSync(join(tmpdir(), 'sonde-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const other = join(folder, 'other.json')
  const link = { node1: 'other1', port1: 'swp1', node2: 'other2', port2: 'swp1' }
  writeFileSync(other, JSON.stringify({ links: { link1: link } }))
  const [note] = await misfits(other)
  assert.match(note!, /^The topology does not fit: none of the \d+ agents is in it, by address or host name\. /)
})
