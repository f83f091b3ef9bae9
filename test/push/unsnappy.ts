// A reader of snappy's block format, written from its description alone: the other side of src/lib/push/snappy.ts.

/** @throws where the block says what can't be */
export function unsnappy(block: Uint8Array): Uint8Array {
  let at = 0
  const byte = (): number => {
    const value = block[at++]
    if (value === undefined) throw new Error('the block ends too early')
    return value
  }
  const little = (bytes: number): number => {
    let value = 0
    for (let i = 0; i < bytes; i++) value += byte() * 256 ** i
    return value
  }
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const part = byte()
    length += (part & 0x7f) * 2 ** shift
    if (part < 0x80) break
  }
  const out: number[] = []
  while (at < block.length) {
    const tag = byte()
    const high = tag >> 2
    if ((tag & 3) === 0) {
      const count = (high < 60 ? high : little(high - 59)) + 1
      for (let i = 0; i < count; i++) out.push(byte())
      continue
    }
    const [count, offset] =
      (tag & 3) === 1 ? [(high & 7) + 4, ((high >> 3) << 8) + byte()] : [high + 1, little((tag & 3) === 2 ? 2 : 4)]
    if (offset < 1 || offset > out.length) throw new Error(`a copy reaches back ${offset} of ${out.length} bytes`)
    for (let i = 0; i < count; i++) out.push(out[out.length - offset]!)
  }
  if (out.length !== length) throw new Error(`${out.length} bytes, ${length} said`)
  return Uint8Array.from(out)
}
