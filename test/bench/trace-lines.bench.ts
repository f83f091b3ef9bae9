// What a step of `sonde trace` costs this process behind the ring: made, printed as a line and as NDJSON, read back. Prints and never
// fails on a time: ratios of one run tell.
//
//   node --import tsx test/bench/trace-lines.bench.ts [--steps N]

import { parseArgs } from 'node:util'
import { noSink } from '../../src/lib/sink/no-sink.ts'
import { linesForm, objectsForm, PrintedTrace } from '../../src/lib/trace/print.ts'
import { parseTraceLine } from '../../src/lib/trace/read.ts'
import { Teller } from '../../src/lib/trace/tell.ts'
import { StepWriter } from '../../src/lib/trace/write.ts'
import { coloursOfLevel } from '../../src/lib/ui/colour.ts'
import { decodeStyle } from '../../src/lib/ui/decode-style.ts'
import { traceEvent } from '../helpers/fake-trace-watch.ts'

const { values } = parseArgs({ options: { steps: { type: 'string', default: '300000' } } })
const steps = Number(values.steps)
/** Of a drain of the ring. */
const ROUND = 4000

const names = ['ip_rcv', 'nf_hook_slow', 'tcp_v4_rcv', '__dev_queue_xmit', 'skb_release_data']
const events = Array.from({ length: 64 }, (_, i) =>
  traceEvent({
    skbLow: 0x1000 * (i >> 3),
    functionName: names[i % names.length]!,
    cpu: i % 4,
    nanoseconds: 1000 * i,
    reason: i % 16 === 0 ? 'NETFILTER_DROP' : '',
  }),
)
const teller = new Teller(() => '', [])
const view = { style: decodeStyle(coloursOfLevel(0)), clock: () => '' }
const lines = new PrintedTrace(linesForm({ timestamp: 'none', tcpFlags: false, view }), noSink)
const objects = new PrintedTrace(objectsForm('ndjson'), noSink)
lines.begin(undefined)
const text = new StepWriter().step(teller.tell(events[1]!))

const cases: Readonly<Record<string, (event: (typeof events)[number]) => void>> = {
  made: (event) => {
    teller.tell(event)
  },
  'made and printed as a line': (event) => lines.step(teller.tell(event)),
  'made and printed as NDJSON': (event) => objects.step(teller.tell(event)),
  'read from NDJSON': () => {
    parseTraceLine(text)
  },
}

async function nanoseconds(work: (event: (typeof events)[number]) => void): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < steps; i++) {
    work(events[i & 63]!)
    if (i % ROUND === 0) {
      await lines.turn()
      await objects.turn()
    }
  }
  return ((performance.now() - start) * 1e6) / steps
}

let base = 0
for (const [name, work] of Object.entries(cases)) {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 4; round++) least = Math.min(least, await nanoseconds(work))
  if (base === 0) base = least
  process.stdout.write(
    `${name.padEnd(28)} ${least.toFixed(0).padStart(6)} ns   × ${(least / base).toFixed(1)}   ${(1e6 / least).toFixed(0)}k steps/s\n`,
  )
}
