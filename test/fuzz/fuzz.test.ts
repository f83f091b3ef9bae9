import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatagramWriter } from '../bench/datagram-writer.ts'
import { corpus } from './corpus.ts'
import { Mutator } from './mutate.ts'
import { fuzz } from './run.ts'
import { Target } from './target.ts'

test('10,000 mutants: nothing is thrown, and the good datagram behind each is decoded as before', (t) => {
  const result = fuzz({ seed: 1, count: 10_000, seconds: 60 })
  t.diagnostic(`corpus: ${result.sources.join(', ')}`)
  assert.equal(result.failure?.error, undefined)
  assert.equal(result.mutants, 10_000)
  // Mutants that are refused at the door test nothing.
  assert.ok(result.samples > 20_000, `${result.samples} samples`)
  assert.ok(result.kinds.size > 50, `${result.kinds.size} kinds of issue`)
  assert.ok(result.layers.size > 30, `${result.layers.size} kinds of layer`)
})

test('the same seed gives the same mutants', () => {
  const { groups } = corpus(3)
  const hex = (seed: number, number: number): string =>
    Buffer.from(new Mutator(groups, seed).make(number)).toString('hex')
  assert.equal(hex(3, 4711), hex(3, 4711))
  assert.notEqual(hex(3, 4711), hex(3, 4712))
  assert.notEqual(hex(3, 4711), hex(4, 4711))
})

/** What the fuzzer has found: kept so that it stays found. */
const found: Readonly<Record<string, (w: DatagramWriter) => void>> = {
  '60,000 bytes behind the last counted sample': (w) => {
    w.beginSample(1, 1, 1, 400, 0, 0, 1, 2)
    w.endSample()
    w.position += 60_000
  },
  'a sample of a type that nobody knows': (w) => {
    w.beginBody(0x7ff00a)
    w.u32(1, 2, 3)
    w.endBody()
  },
}

for (const [name, write] of Object.entries(found)) {
  test(`decodes ${name}`, () => {
    const make = (body: (w: DatagramWriter) => void): Uint8Array => {
      const bytes = new Uint8Array(65_507)
      const w = new DatagramWriter()
      w.begin(bytes, new DataView(bytes.buffer), 0, 0xc0000209, 1, 1)
      body(w)
      return bytes.slice(0, w.end())
    }
    const target = new Target(make(() => {}))
    assert.doesNotThrow(() => target.run(make(write), true))
  })
}
