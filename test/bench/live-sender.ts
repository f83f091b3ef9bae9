// The sender of live.bench.ts: a process of its own, pinned by its parent. Sends at a rate for a time and says what it sent.
//
//   node --import tsx test/bench/live-sender.ts PORT RATE SECONDS BYTES|CAPTURE [SOCKETS]
//
// Bursts come from SOCKETS ports in turn (1 where not given), as those of several agents do: SO_REUSEPORT goes by the sender.

import { parseArgs } from 'node:util'
import { openCapture } from '../../src/lib/source/open.ts'
import { PreciseWait } from '../../src/lib/sys/precise-wait.ts'
import { openUdpSender, type UdpSender } from '../../src/lib/sys/udp-sender.ts'

/** Datagrams at a time: as much as a switch sends back to back, and what keeps the sender itself cheap. */
const BURST = 32

/** Datagrams to send in turn: of one length, or all of a capture's. */
async function load(content: string): Promise<Uint8Array[]> {
  if (/^\d+$/.test(content)) return [new Uint8Array(Number(content)).fill(0x5a)]
  const source = await openCapture(content)
  const datagrams: Uint8Array[] = []
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      datagrams.push(batch.bytes.slice(batch.offset[i]!, batch.offset[i]! + batch.length[i]!))
    }
  }
  await source.close()
  return datagrams
}

const [port = '', rate = '', seconds = '', content = '', sockets = '1'] = parseArgs({
  allowPositionals: true,
}).positionals
const datagrams = await load(content)
const senders: UdpSender[] = []
while (senders.length < Number(sockets)) {
  senders.push(await openUdpSender({ host: '127.0.0.1', port: Number(port), wait: true }))
}
const wait = new PreciseWait()
const bursts = Math.ceil((Number(rate) * Number(seconds)) / BURST)
const start = process.hrtime.bigint()
let next = 0
/** On a machine that can't do the rate, or is stopped meanwhile, it ends all the same. */
const latest = start + BigInt(2e9 * Number(seconds))
for (let burst = 0; burst < bursts && process.hrtime.bigint() < latest; burst++) {
  await wait.waitUntil(start + BigInt(Math.round((burst * BURST * 1e9) / Number(rate))))
  const sender = senders[burst % senders.length]!
  for (let i = 0; i < BURST; i++) {
    const datagram = datagrams[next]!
    sender.send(datagram, 0, datagram.length)
    next = next + 1 === datagrams.length ? 0 : next + 1
  }
  sender.flush()
}
const took = Number(process.hrtime.bigint() - start) / 1e9
let [sent, unreachable, full] = [0, 0, 0]
for (const sender of senders) {
  await sender.close()
  const counts = sender.counts()
  sent += counts.sent
  unreachable += counts.unreachable
  full += counts.full
}
process.stdout.write(`${JSON.stringify({ sent, unreachable, full, seconds: took })}\n`)
