// Receives what it sends to itself and prints how, as one JSON line. Run with koffi hidden or broken, and under garbage
// collection all the time.
//
//   node --import tsx [--expose-gc] test/helpers/udp-echo.ts COUNT

import { openUdpSender } from '../../src/lib/sys/udp-sender.ts'
import { openLoopback, portOf } from './udp.ts'

const count = Number(process.argv[2])
const BURST = 50
const source = await openLoopback({})
const sender = await openUdpSender({ host: '127.0.0.1', port: portOf(source), wait: true })
let sent = 0
const more = async (): Promise<void> => {
  for (let i = 0; i < BURST && sent < count; i++) {
    const bytes = new Uint8Array(64 + (sent % 1300)).fill(sent & 0xff)
    new DataView(bytes.buffer).setUint32(0, sent)
    sender.send(bytes, 0, bytes.length)
    sent++
  }
  await sender.drain()
}
await more()
let received = 0
let wrong = 0
for await (const { view, offset, length, count: many } of source.batches()) {
  for (let i = 0; i < many; i++) {
    const at = offset[i]!
    const last = view.getUint8(at + length[i]! - 1)
    if (view.getUint32(at) !== received || length[i] !== 64 + (received % 1300) || last !== (received & 0xff)) wrong++
    received++
  }
  globalThis.gc?.()
  if (received === count) break
  if (received === sent) await more()
}
await source.close()
await sender.close()
const { receiver, why, kernelDropped } = source.report().live!
process.stdout.write(`${JSON.stringify({ received, wrong, receiver, why, via: sender.via, kernelDropped })}\n`)
