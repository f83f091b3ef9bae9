// A process that writes a capture until it is killed: 200 datagrams a second, numbered in their first four bytes. Prints the
// number of the last one each 50 ms.
//
//   node --import tsx test/helpers/write-capture.ts FILE

import { WriteSide } from '../../src/lib/listen/write-side.ts'
import { batchOf } from './batches.ts'

const side = await WriteSide.open({ path: process.argv[2]!, tell: (line) => process.stderr.write(`${line}\n`) })
let number = 0
setInterval(() => {
  for (let i = 0; i < 10; i++) {
    const bytes = new Uint8Array(500).fill(number & 255)
    new DataView(bytes.buffer).setUint32(0, number++)
    side.take(batchOf([{ bytes }]), 0)
  }
  process.stdout.write(`${number - 1}\n`)
}, 50)
