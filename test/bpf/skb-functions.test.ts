import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { Btf } from '../../src/lib/kernel/bpf/btf.ts'
import { KernelBtf } from '../../src/lib/kernel/bpf/kernel-btf.ts'
import { shortSkbFunctions } from '../../src/lib/kernel/trace/skb-function-table.ts'
import { findSkbFunctions, findSkbTracepoints } from '../../src/lib/kernel/trace/skb-functions.ts'
import { shortList } from '../../src/lib/kernel/trace/trace-attach.ts'
import { listSkbFunctions, parseSymbols, parseTraceable } from '../../src/lib/kernel/trace/traceable-functions.ts'

const types = (name: string): KernelBtf =>
  new KernelBtf(new Btf(parseBpfObject(name, readFileSync(new URL(`${name}.bpf.o`, import.meta.url))).btf))
const kernel = types('meta-types')

test('functions with a buffer: where it is among the arguments, and where the reason of a drop', () => {
  assert.deepEqual(findSkbFunctions(kernel), [
    { name: 'first', module: '', skb: 0, reason: -1 },
    { name: 'third_and_reason', module: '', skb: 2, reason: 3 },
    { name: 'second_behind_reason', module: '', skb: 1, reason: 0 },
    { name: 'of_two', module: '', skb: 0, reason: -1 },
    // Structures of a register's size take one; wider ones would move what follows.
    { name: 'behind_word', module: '', skb: 1, reason: -1 },
    // It has one, which says nothing of whether the packet was dropped.
    { name: 'skb_release_data', module: '', skb: 0, reason: -1 },
  ])
  assert.deepEqual(findSkbTracepoints(kernel, 'm'), [{ name: 'queue', module: 'm', skb: 0, reason: 2 }])
})

test('types without a socket buffer have no such functions', () => {
  assert.deepEqual(findSkbFunctions(types('trace-kinds')), [])
  assert.deepEqual(findSkbTracepoints(types('trace-kinds')), [])
})

test('names of functions that may be traced, and of all', () => {
  assert.deepEqual(
    parseTraceable('ip_rcv\nfirst\nfirst\nveth_xmit [veth]\n\nlast'),
    new Map([
      [
        '',
        new Map([
          ['ip_rcv', 1],
          ['first', 2],
          ['last', 1],
        ]),
      ],
      ['veth', new Map([['veth_xmit', 1]])],
    ]),
  )
  assert.deepEqual(
    parseSymbols(
      'ffffffff81000000 T ip_rcv\nffffffff81000010 D data\n0000000000000000 t first\nffffffff81000020 t a_b\t[veth]\nx\n\n',
    ),
    new Map([
      [
        '',
        new Map([
          ['ip_rcv', 1],
          ['first', 1],
        ]),
      ],
      ['veth', new Map([['a_b', 1]])],
    ]),
  )
})

test('of the functions those that are there once', () => {
  const names = (text: string) =>
    listSkbFunctions(kernel, [], { names: parseTraceable(text), from: 'tracefs', why: '' }).map(({ name }) => name)
  assert.deepEqual(names('first\nof_two\nother\n'), ['first', 'of_two'])
  assert.deepEqual(names('first\nfirst\nof_two\n'), ['of_two'])
  assert.deepEqual(names('first\nfirst [veth]\nof_two [veth]\n'), [])
})

test('the short list: no name twice, the order kept, most of it known to be a name of C', () => {
  assert.equal(new Set(shortSkbFunctions).size, shortSkbFunctions.length)
  for (const name of shortSkbFunctions) assert.match(name, /^[a-z_][a-z0-9_]+$/)
  const one = (name: string) => ({ name, module: '', skb: 0, reason: -1 })
  assert.deepEqual(
    shortList([one('udp_rcv'), one('not_on_it'), one('ip_rcv'), one('consume_skb')]).map(({ name }) => name),
    ['consume_skb', 'ip_rcv', 'udp_rcv'],
  )
})
