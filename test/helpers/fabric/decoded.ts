// Owns reading a generated fabric back with src's decoder, for the tests of the generator. Start at decoded.

import assert from 'node:assert/strict'
import type { Datagram, FlowSample } from '../../../src/lib/sflow/datagram.ts'
import { FullDecoding } from '../../../src/lib/sflow/decode.ts'
import type { Fabric } from './fabric.ts'

/** All datagrams; none may have an issue. */
export function decoded(fabric: Fabric): Datagram[] {
  const decoding = new FullDecoding()
  return fabric.datagrams.map(({ bytes }) => {
    const { datagram, issues } = decoding.decode(bytes)
    assert.deepEqual(issues, [])
    return datagram!
  })
}

/** With the addresses of their agents. */
export const flowSamples = (all: readonly Datagram[]): { agent: string; sample: FlowSample }[] =>
  all.flatMap(({ agent, samples }) =>
    samples
      .filter((sample): sample is FlowSample => sample.kind === 'flow')
      .map((sample) => ({ agent: agent.bytes.join('.'), sample })),
  )

/** The first record, which is a sampled header. */
export function headerOf({ records }: FlowSample): { header: Uint8Array; frame_length: number } {
  const [first] = records
  assert.ok(first !== undefined && first.tag === 1 && 'fields' in first)
  const { header, frame_length } = first.fields
  assert.ok(header instanceof Uint8Array && typeof frame_length === 'number')
  return { header, frame_length }
}
