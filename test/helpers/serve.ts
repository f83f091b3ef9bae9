// Owns the datagrams of a capture, for tests that send them.

import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'

/** All datagrams in order, and how many flow and counter samples are in them. */
export async function datagramsOf(path: string) {
  const source = await openCapture(path)
  const walker = new Walker(() => {})
  const datagrams: Uint8Array[] = []
  let flows = 0
  let counters = 0
  for await (const { bytes, view, offset, length, count } of source.batches()) {
    for (let i = 0; i < count; i++) {
      datagrams.push(bytes.slice(offset[i]!, offset[i]! + length[i]!))
      if (!walker.open(bytes, view, offset[i]!, length[i]!)) continue
      while (walker.nextSample()) {
        if (walker.sampleKind === SampleKind.flow) flows++
        if (walker.sampleKind === SampleKind.counters) counters++
      }
    }
  }
  await source.close()
  return { datagrams, flows, counters }
}
