// Which functions of the running kernel take a socket buffer, and at which of them programs may hang.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readKernelBtf } from '../../src/lib/kernel/bpf/kernel-btf.ts'
import { readMetaPath } from '../../src/lib/kernel/trace/meta-path.ts'
import { findSkbTracepoints } from '../../src/lib/kernel/trace/skb-functions.ts'
import { shortList } from '../../src/lib/kernel/trace/trace-attach.ts'
import { listSkbFunctions, modulesWithTypes, readTraceable } from '../../src/lib/kernel/trace/traceable-functions.ts'
import { libc, noLibc } from '../helpers/libc.ts'

const skip = !existsSync('/sys/kernel/btf/vmlinux') ? 'this kernel has no BTF' : noLibc

test('functions, those of them that tell most, tracepoints', { skip }, (t) => {
  // Others on this machine come and go meanwhile (each network namespace with a name is a mount).
  const tracefsMounts = () =>
    readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(' - tracefs '))
  const mounts = tracefsMounts()
  const begin = performance.now()
  const types = readKernelBtf()
  const traceable = readTraceable(libc)
  const functions = listSkbFunctions(types, modulesWithTypes(), traceable)
  t.diagnostic(
    `${functions.length} by ${traceable.from} (${traceable.why}) in ${(performance.now() - begin).toFixed(0)} ms`,
  )
  assert.ok(functions.length > 500)
  const of = (name: string) => functions.find((one) => one.name === name)
  assert.deepEqual(of('ip_rcv'), { name: 'ip_rcv', module: '', skb: 0, reason: -1 })
  // int ip_output(struct net *net, struct sock *sk, struct sk_buff *skb)
  assert.deepEqual(of('ip_output'), { name: 'ip_output', module: '', skb: 2, reason: -1 })
  assert.equal(of('consume_skb')?.skb, 0)
  assert.equal(of('__traceiter_kfree_skb'), undefined)
  assert.equal(new Set(functions.map(({ name, module }) => `${name} ${module}`)).size, functions.length)
  assert.ok(shortList(functions).length >= 60)
  assert.deepEqual(
    findSkbTracepoints(types).find(({ name }) => name === 'kfree_skb'),
    { name: 'kfree_skb', module: '', skb: 0, reason: 2 },
  )
  // The list of tracefs may have been read through a mount of our own: nothing is left of it, nor was it ever seen.
  assert.deepEqual(tracefsMounts(), mounts)
})

test('fields of the buffer on this kernel', { skip }, () => {
  const types = readKernelBtf()
  const mark = readMetaPath('skb->mark', types)
  assert.deepEqual([mark.offsets.length, mark.bytes, mark.bits, mark.signed], [1, 4, 32, false])
  const index = readMetaPath('skb->dev->ifindex', types)
  assert.deepEqual([index.offsets.length, index.bytes, index.signed], [2, 4, true])
  const kind = readMetaPath('skb->pkt_type', types)
  assert.equal(kind.bits, 3)
  assert.equal(readMetaPath('skb->sk->__sk_common.skc_daddr', types).bigEndian, true)
  assert.equal(readMetaPath('skb->dev->nd_net.net->ns.inum', types).offsets.length, 3)
})
