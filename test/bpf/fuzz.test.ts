import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { Btf } from '../../src/lib/kernel/bpf/btf.ts'
import { ObjectError } from '../../src/lib/kernel/bpf/elf.ts'
import { KernelBtf } from '../../src/lib/kernel/bpf/kernel-btf.ts'

const file = new Uint8Array(readFileSync(new URL('every-kind.bpf.o', import.meta.url)))

/** xorshift32: the same mutants each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const odd = [0, 1, 0x7f, 0x80, 0xff]

test('damaged objects are read or refused, never anything else', () => {
  const next = numbers(0x5eed)
  let read = 0
  let refused = 0
  const begin = performance.now()
  for (let i = 0; i < 3000; i++) {
    const bytes = file.slice(0, next(20) === 0 ? next(file.length) : file.length)
    const changes = 1 + next(4)
    for (let c = 0; c < changes && bytes.length > 0; c++) {
      const at = next(bytes.length)
      if (next(2) === 0) bytes[at] = odd[next(odd.length)]!
      else bytes.copyWithin(at, next(bytes.length), next(bytes.length))
    }
    const started = performance.now()
    try {
      parseBpfObject('mutant', bytes)
      read++
    } catch (error) {
      assert.ok(error instanceof ObjectError, `mutant ${i}: ${(error as Error).stack}`)
      refused++
    }
    assert.ok(performance.now() - started < 2000, `mutant ${i} took ${performance.now() - started} ms`)
  }
  assert.equal(read + refused, 3000)
  assert.ok(read > 100 && refused > 100, `${read} read, ${refused} refused`)
  assert.ok(performance.now() - begin < 60_000)
})

test('damaged types are read or refused, name by name', () => {
  const next = numbers(0xb7f)
  const types = parseBpfObject('every-kind', file).btf
  let asked = 0
  for (let i = 0; i < 1000; i++) {
    const bytes = types.slice()
    // Most of it behind the header, so that the types are looked at.
    for (let c = 0; c < 3; c++) bytes[next(4) === 0 ? next(24) : 24 + next(bytes.length - 24)] = odd[next(odd.length)]!
    const tolerant = (ask: () => unknown) => {
      try {
        ask()
        asked++
      } catch (error) {
        assert.ok(error instanceof ObjectError, `mutant ${i}: ${(error as Error).stack}`)
      }
    }
    tolerant(() => {
      const btf = new Btf(bytes)
      const kernel = new KernelBtf(btf)
      for (let id = 0; id < btf.count; id++) {
        tolerant(() => btf.size(id))
        tolerant(() => btf.name(id))
        tolerant(() => kernel.enumNames(btf.name(id)))
        tolerant(() => kernel.findType('struct', btf.name(id)))
      }
    })
  }
  assert.ok(asked > 10_000, `${asked}`)
})
