// What a constant text costs: written as doubles (`literalCode`), and by TypedArray.set. The choice in docs/architecture.md rests on it.
//
//   node --import tsx test/bench/constant-text.bench.ts

import { literalCode } from '../../src/lib/wire/text.ts'

const TEXT = '"sampled_header":{"header_protocol":1,"header_protocol_name":"e'.slice(0, 62)
const TIMES = 128
const ROUNDS = 20_000

const bytes = new Uint8Array(TIMES * TEXT.length + 8)
const view = new DataView(bytes.buffer)
const constant = new TextEncoder().encode(TEXT)

type Loop = (v: DataView) => number

/** Each writes the text TIMES times, one behind the other, and gives where it ended. */
const loop = `let p=0;for(let i=0;i<${TIMES};i++){${literalCode(TEXT)}}return p`
const asDoubles = new Function('v', loop) as Loop
const bySet: Loop = () => {
  let p = 0
  for (let i = 0; i < TIMES; i++) {
    bytes.set(constant, p)
    p += constant.length
  }
  return p
}

for (const [name, write] of [
  ['as doubles', asDoubles],
  ['TypedArray.set', bySet],
] as const) {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 10; run++) {
    const from = performance.now()
    for (let round = 0; round < ROUNDS; round++) write(view)
    least = Math.min(least, ((performance.now() - from) * 1e6) / (ROUNDS * TIMES))
  }
  process.stdout.write(`${name.padEnd(16)}${least.toFixed(1)} ns for ${TEXT.length} characters\n`)
}
