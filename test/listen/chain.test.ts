// Three listeners over loopback, each forwarding to the next; the first and the last write what they had.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ForwardSide } from '../../src/lib/listen/forward-side.ts'
import type { Side } from '../../src/lib/listen/side.ts'
import { WriteSide } from '../../src/lib/listen/write-side.ts'
import { parseUdpAddress } from '../../src/lib/parse/udp-address.ts'
import type { LiveReport, Source } from '../../src/lib/source/source.ts'
import { openUdp } from '../../src/lib/source/udp.ts'
import { openUdpSender } from '../../src/lib/sys/udp-sender.ts'
import { noLibc } from '../helpers/libc.ts'
import { readCapture, temporaryPath } from '../helpers/read-captures.ts'

const COUNT = 5000
const refuseWords = (line: string) => assert.fail(`told "${line}"`)

interface Listener {
  readonly source: Source
  readonly port: number
  readonly sides: Side[]
  count: number
  ended: Promise<void> | undefined
}

async function listener(host: string, receiver: LiveReport['receiver']): Promise<Listener> {
  const source = await openUdp({ addresses: [parseUdpAddress(`udp://${host}:0`, '--input', 0)], receiver })
  const bound = source.report().live!.bound[0]!
  return { source, port: Number(bound.slice(bound.lastIndexOf(':') + 1)), sides: [], count: 0, ended: undefined }
}

function start(one: Listener): void {
  one.ended = (async () => {
    for await (const batch of one.source.batches()) {
      for (let i = 0; i < batch.count; i++) for (const side of one.sides) side.take(batch, i)
      one.count += batch.count
    }
  })()
}

for (const [receiver, skip] of [
  ['recvmmsg', noLibc],
  ['dgram', false],
] as const) {
  describe(`a chain of three listeners, ${receiver}`, { skip }, () => {
    for (const host of ['127.0.0.1', '[::1]']) {
      test(`over ${host} nothing is lost or changed`, async () => {
        const chain = [await listener(host, receiver), await listener(host, receiver), await listener(host, receiver)]
        const plain = host.replace(/[[\]]/g, '')
        for (const k of [0, 1]) {
          const to = { host: plain, port: chain[k + 1]!.port }
          chain[k]!.sides.push(await ForwardSide.open({ to, tell: refuseWords }))
        }
        const paths = [temporaryPath('first.pcapng'), temporaryPath('last.pcapng.gz')]
        chain[0]!.sides.push(await WriteSide.open({ path: paths[0]!, tell: refuseWords }))
        chain[2]!.sides.push(await WriteSide.open({ path: paths[1]!, tell: refuseWords }))
        for (const one of chain) start(one)
        const sender = await openUdpSender({ host: plain, port: chain[0]!.port, wait: true })
        const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * 13) & 255)
        const view = new DataView(bytes.buffer)
        for (let n = 0; n < COUNT; n++) {
          view.setUint32(0, n)
          sender.send(bytes, 0, 4 + ((n * 7) % 1400))
          if (n % 50 === 49) {
            sender.flush()
            await pause(2)
          }
        }
        await sender.close()
        for (let i = 0; i < 300 && chain[2]!.count < COUNT; i++) await pause(10)
        for (const one of chain) {
          await one.source.close()
          await one.ended
          for (const side of one.sides) await side.close()
        }
        assert.deepEqual(
          chain.map(({ count }) => count),
          [COUNT, COUNT, COUNT],
        )
        for (const side of chain.flatMap(({ sides }) => sides)) {
          const { datagrams, failed, problem } = side.state()
          assert.deepEqual({ datagrams, failed, problem }, { datagrams: COUNT, failed: 0, problem: null })
        }
        const [first, last] = [await readCapture(paths[0]!), await readCapture(paths[1]!)]
        assert.equal(first.datagrams.length, COUNT)
        assert.deepEqual(
          last.datagrams.map(({ hex }) => hex),
          first.datagrams.map(({ hex }) => hex),
        )
        assert.equal(first.datagrams[999]!.hex.slice(0, 8), '000003e7')
        assert.equal(first.datagrams[999]!.hex.length, 2 * (4 + (6993 % 1400)))
      })
    }
  })
}
