// The port that is last in each step: told where one is, and nowhere else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FabricOptions } from '../helpers/fabric/fabric.ts'
import { roce } from '../helpers/fabric/packet-bytes.ts'
import { Opcode, type Train } from '../helpers/fabric/train.ts'
import { fabricRows } from './run.ts'

const PERIOD = 0.7
const EXCHANGE = 0.21
const SECONDS = 60
const HOSTS = 8
/** Packets that a host sends in a step. */
const PACKETS = 60_000

/** Hosts of one leaf send at the same rate to those of the other, each step; one of them for longer. */
function steps(late: number | undefined, lag: number, more: Partial<FabricOptions> = {}): FabricOptions {
  const shape = { ...roce(Opcode.writeMiddle, 0), octets: 4200 }
  return {
    ...{ seed: 7, seconds: SECONDS, rate: 1000, timestamps: true, poll: 10 },
    ...{ leaves: 2, spines: 1, hostsPerLeaf: HOSTS, edgeGbps: 400, coreGbps: 3200 },
    trains: (layout) => {
      const all: Train[] = []
      for (let start = 0.1; start + PERIOD <= SECONDS; start += PERIOD) {
        for (let src = 0; src < HOSTS; src++) {
          const dst = src + HOSTS
          const on = EXCHANGE + (src === late ? lag : 0)
          all.push({
            ...{ start, end: start + on, src, dst, hops: layout.route(src, dst, 0), sourcePort: 49_152 + src },
            ...{ destinationQp: 0x100 + src, psn: 0, psnSpan: 0, dscp: 26, ecn: 2, pattern: [{ shape, packets: 1 }] },
            packets: Math.round((PACKETS * on) / EXCHANGE),
          })
        }
      }
      return all
    },
    ...more,
  }
}

/** Pairs of hosts with the same steps are one job. */
test('the port of a host that is 60 ms late, with its name, and how late', async () => {
  for (const by of ['', 'job']) {
    const rows = await fabricRows(steps(3, 0.06), { by })
    const told = rows.map(({ straggler }) => straggler).filter((one) => one !== null)
    assert.equal(told.length, 1)
    const [{ node, port, lagSeconds, errorSeconds, often, ports }] = told as [(typeof told)[number]]
    assert.equal(node, 'leaf1')
    assert.equal(port, 'swp4')
    assert.ok(Math.abs(lagSeconds - 0.06) <= errorSeconds, `${lagSeconds} ± ${errorSeconds}`)
    assert.ok(errorSeconds < 0.03 && often > 0.8 && ports === HOSTS, `${errorSeconds}, ${often}, ${ports}`)
  }
})

test('nobody where none is late, and none with agents that hold samples for a second', async () => {
  for (const seed of [1, 2, 3]) {
    const [row] = await fabricRows(steps(undefined, 0, { seed }))
    assert.ok(row!.periodSeconds !== null)
    assert.equal(row!.straggler, null)
  }
  const [held] = await fabricRows(steps(undefined, 0, { timestamps: false, hold: 1, rate: 200_000 }))
  assert.equal(held!.straggler, null)
})
