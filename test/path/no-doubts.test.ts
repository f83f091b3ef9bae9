// Topologies that are true are not doubted, whatever the traffic: generated fabrics of several jobs, bursts, incast, drops.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { generateFabric } from '../helpers/fabric/fabric.ts'
import { fabricFiles } from '../helpers/fabric/files.ts'
import { dropsThreeForms, incast, labLike, lastHopMarks, trainingJobs } from '../helpers/fabric/presets.ts'
import { temporaryFile } from '../helpers/read-captures.ts'
import { pathOf, pathsOf } from './run.ts'

for (const preset of [labLike, trainingJobs, lastHopMarks, incast, dropsThreeForms]) {
  test(`no doubt: ${preset.name}, as a whole and in windows of 5 s`, async () => {
    const { capture, topology } = fabricFiles(generateFabric(preset(1)))
    const windows = [await pathOf(capture, { topology }), ...(await pathsOf(capture, { topology, windowMs: 5000 }))]
    assert.ok(windows.length > 3)
    assert.deepEqual(
      windows.map(({ doubts }) => doubts),
      windows.map(() => 0),
    )
  })
}

test('each link of a fabric of many pairs of hosts is missed where it is taken away, and no other', async () => {
  const { capture, topology } = fabricFiles(generateFabric(trainingJobs(1)))
  const whole = JSON.parse(readFileSync(topology, 'utf8')) as {
    links: Record<string, { node1: string; port1: string; node2: string; port2: string }>
  }
  const names = Object.keys(whole.links)
  assert.ok(names.length >= 8)
  for (const name of names) {
    const { [name]: missing, ...links } = whole.links
    const path = temporaryFile(new TextEncoder().encode(JSON.stringify({ ...whole, links })), 'missing.json')
    const { notes } = await pathOf(capture, { topology: path })
    const { node1, port1, node2, port2 } = missing!
    const doubts = notes.filter((note) => / looks like a link to /.test(note)).map((note) => note.split(': ')[0])
    assert.ok(doubts.length > 0, `${name} is not missed`)
    for (const doubt of doubts) {
      assert.ok(
        doubt === `${node1} ${port1} looks like a link to ${node2} ${port2}` ||
          doubt === `${node2} ${port2} looks like a link to ${node1} ${port1}`,
        `${name}: ${doubt}`,
      )
    }
  }
})
