// Drops of generated fabrics against their list of events: what was told, limited and sampled, who filled the queue, what counters show.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DropRow, DropsWindow } from '../../src/lib/drops/snapshot.ts'
import { type Fabric, generateFabric } from '../helpers/fabric/fabric.ts'
import { fabricFiles } from '../helpers/fabric/files.ts'
import { dropsThreeForms, incast } from '../helpers/fabric/presets.ts'
import { dropsOf } from './run.ts'

async function windowOf(fabric: Fabric, asked: Parameters<typeof dropsOf>[1] = {}): Promise<DropsWindow> {
  const { capture, topology } = fabricFiles(fabric)
  const windows = await dropsOf(capture, { topology, ...asked })
  assert.equal(windows.length, 1)
  return windows[0]!
}

const nameOf = ({ reason, place, victim }: DropRow) =>
  `${reason!.code} ${place!.node} ${place!.port ?? place!.ifIndex} ${place!.direction} ${victim!.src} ${victim!.dst}`

test('an incast: victims and culprits are those of the events', async () => {
  for (const seed of [1, 2, 3]) {
    const fabric = generateFabric(incast(seed))
    const window = await windowOf(fabric)
    const agent = fabric.notifications.find(({ node }) => node === 'leaf4')!
    assert.equal(window.told, agent.told)
    // The share of each victim of all that was dropped is the same as the share of what was told, within the limiter's chance.
    const dropped = fabric.truth.drops.reduce((sum, { packets }) => sum + packets, 0)
    for (const { src, dst, packets } of fabric.truth.drops) {
      const row = window.rows.find(({ victim }) => victim!.src === src && victim!.dst === dst)
      assert.ok(row !== undefined, src)
      assert.equal(row.place!.node, 'leaf4')
      assert.equal(row.place!.port, 'swp1')
      assert.equal(row.place!.direction, 'out')
      assert.equal(row.reason!.name, 'no_buffer_space')
      assert.equal(row.victim!.protocol, 'RoCE')
      assert.ok(Math.abs(row.packets! / window.told - packets / dropped) < 0.03, `${src} ${row.packets}`)
    }
    const place = [...window.places.values()].find(({ place }) => place.port === 'swp1')!
    const { by } = fabric.truth.culprits.get('leaf4 swp1')!
    const octets = by.reduce((sum, one) => sum + one.octets, 0)
    const largest = by.filter((one) => one.octets / octets > 0.05)
    assert.deepEqual(
      place.culprits!.slice(0, largest.length).map(({ victim }) => victim.src),
      largest.map(({ src }) => src),
    )
    for (const { src, octets: sent } of largest) {
      const { share } = place.culprits!.find(({ victim }) => victim.src === src)!
      const truth = sent / octets
      // Bounds are of 95 %: half as much again is beyond what three seeds may have.
      const slack = (share!.high - share!.low) / 4
      assert.ok(truth > share!.low - slack && truth < share!.high + slack, `${src} ${truth} ${JSON.stringify(share)}`)
    }
  }
})

test('rows by reason keep what all of their packets have, and it decides what to check', async () => {
  const { rows } = await windowOf(generateFabric(incast(1)), { by: ['reason'] })
  const { victim, place } = rows.find(({ reason }) => reason!.name === 'no_buffer_space')!
  assert.deepEqual(
    [victim!.src, victim!.protocol, victim!.port, victim!.dscp, place!.port],
    [null, 'RoCE', 4791, 26, 'swp1'],
  )
})

test('all forms of drops: what is told is exact, what is sampled within its bounds, what nobody tells is in counters', async () => {
  const fabric = generateFabric(dropsThreeForms(1))
  const window = await windowOf(fabric)
  const told = Object.fromEntries(
    window.rows.filter(({ by }) => by === 'told').map((row) => [nameOf(row), row.packets]),
  )
  // leaf3 may tell 100 a second: 600 of 3000 in six seconds.
  assert.deepEqual(told, {
    '259 leaf3 swp2 out 198.51.100.1 198.51.100.8': 600,
    '258 leaf1 swp2 in 198.51.100.2 198.51.100.9': 250,
    '269 spine2 swp1 in 198.51.100.3 198.51.100.6': 60,
    '258 leaf2 swp1 in 198.51.100.4 198.51.100.7': 40,
    '256 leaf2 4711 in 198.51.100.6 198.51.100.7': 30,
    '0 leaf2 swp2 in 198.51.100.5 198.51.100.7': 25,
  })
  assert.equal(window.told, 1005)
  // The last 400 are told of with the next notification, which does not come.
  assert.equal(window.limited, 2000)
  assert.equal(window.lost, 0)
  const red = window.rows.find(({ reason }) => reason!.name === 'red')!
  assert.equal(red.by, 'sampled')
  assert.ok(red.low! < 200_000 && red.high! > 200_000, `${red.low} ${red.high}`)
  const foreign = window.rows.find(({ place }) => place!.ifIndex === 4711)!
  assert.equal(foreign.place!.isKnown, false)
  const details = (code: number, node: string) =>
    window.rows.find((row) => row.by === 'told' && row.reason!.code === code && row.place!.node === node)!.details[0]!
  assert.equal(details(259, 'leaf3').queue, 3)
  assert.equal(details(258, 'leaf1').acl, 'no-outside')
  assert.equal(details(258, 'leaf2').linuxReason, 'NETFILTER_DROP')
  assert.equal(details(258, 'leaf2').function, 'nf_hook_slow')
  const hole = window.rows.find(({ by, reason }) => by === 'told' && reason!.code === 269)!.details[0]!
  assert.deepEqual([hole.trap, hole.trapGroup], ['blackhole_route', 'l3_drops'])
  const port = (node: string, name: string) => window.ports.find((one) => one.node === node && one.port === name)!
  assert.equal(port('leaf1', 'swp2').explainedPct, 100)
  assert.equal(port('leaf1', 'swp2').explainedBy, 'port')
  assert.equal(port('spine1', 'swp1').explainedPct, null)
  assert.equal(port('spine1', 'swp1').why, 'told by flow samples alone')
  assert.equal(port('leaf2', 'swp4').inErrors, 105)
  assert.equal(port('leaf2', 'swp4').why, 'counters show no discards')
})

test('totals: told, limited and lost on the way; a filter takes none of what was not told', async () => {
  const fabric = generateFabric({ ...dropsThreeForms(1), loss: 0.1, drops: dropsThreeForms(1).drops!.slice(0, 2) })
  const window = await windowOf(fabric)
  assert.ok(window.lost > 50, String(window.lost))
  assert.equal(window.notTold.packets, window.limited + window.lost)
  const parts = [...window.rows, window.other, window.noKey, window.notTold]
  const sum = parts.reduce((all, { packets }) => all + packets!, 0)
  assert.ok(Math.abs(sum - window.total.packets!) < 1e-6)
  const filtered = await windowOf(fabric, { filter: 'reason=acl' })
  assert.deepEqual(
    filtered.rows.filter(({ by }) => by === 'told').map(({ reason }) => reason!.name),
    ['acl'],
  )
  assert.equal(filtered.notTold.packets, 0)
  assert.match(filtered.notes.join('\n'), /drops were not told, so that the filter can't be asked of them/)
})
