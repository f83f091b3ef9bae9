// The length of a sampled packet (docs/records.md, C11).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packetLength } from '../../src/lib/sflow/header-length.ts'

const cases: [
  what: string,
  fields: [frame: number, stripped: number, header: number],
  flow: number,
  discard: number,
][] = [
  ['hsflowd, flow sample: FCS in both', [1518, 4, 128], 1514, 1518],
  ['hsflowd, discard: FCS in stripped alone', [1514, 4, 128], 1510, 1514],
  ['nothing was stripped', [98, 0, 98], 98, 98],
  ['less than the header that is there', [60, 4, 60], 60, 60],
  ['nonsense', [0, 0xffffffff, 14], 14, 14],
]

for (const [what, [frame, stripped, header], flow, discard] of cases) {
  test(what, () => {
    const view = new DataView(new ArrayBuffer(20))
    for (const [i, value] of [1, frame, stripped, header].entries()) view.setUint32(4 + i * 4, value)
    assert.deepEqual([packetLength(view, 4, false), packetLength(view, 4, true)], [flow, discard])
  })
}
