// Owns random bytes that are the same in each run.

/** So many arrays of up to `most` random bytes. */
export function* noise(count: number, most: number): Generator<Uint8Array> {
  let state = 0x2545f491
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  for (let k = 0; k < count; k++) yield Uint8Array.from({ length: next() % (most + 1) }, () => next() >>> 24)
}
