// As root, in network namespaces of its own: what is told of each tracepoint that a packet reaches, and what the filters keep back.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { InputError } from '../../src/lib/errors.ts'
import { ownNetns } from '../../src/lib/kernel/links/netns.ts'
import { openTrace } from '../../src/lib/kernel/trace/open-trace.ts'
import { parseAddress } from '../../src/lib/parse/address.ts'
import { AF_INET, sockaddr } from '../../src/lib/sys/sockaddr.ts'
import { byTracepoints, type HeardStep, HeardSteps, noTrace, udpTo } from '../helpers/heard-steps.ts'
import { libc } from '../helpers/libc.ts'
import { named } from '../helpers/trace-wish.ts'
import { assertWay, isDropped, TracedRouter } from '../helpers/traced-router.ts'

const SOCK_DGRAM = 2
const SOCK_RAW = 3
const AF_PACKET = 17
const ETH_P_ALL = 3
const SOL_SOCKET = 1
const SO_MARK = 36

describe('what is told of a packet', { skip: noTrace }, () => {
  const router = new TracedRouter()
  const { spaces, inode } = router
  before(() => router.make())
  after(() => router.remove())

  test('a datagram to a closed port: all that is known of each step', async () => {
    await router.heard({ filter: udpTo(7777) }, async (trace) => {
      const begin = Date.now()
      router.send(7777)
      const steps = await trace.until(isDropped)
      assertWay(steps, ['net_dev_queue a0', 'netif_rx ra', 'net_dev_queue rb', 'netif_rx b0', 'kfree_skb b0 NO_SOCKET'])
      const drop = steps.find((x) => x.functionName === 'kfree_skb')!
      assert.deepEqual([drop.reason, drop.dropFunction, drop.isTracepoint], ['NO_SOCKET', '__udp4_lib_rcv', true])
      assert.ok(drop.dropOffset > 0)
      const first = steps[0]!
      const { packet, reason, dropFunction, caller, stack, meta, mark, ethertype, mtu, length, beginsAt, pid } = first
      assert.deepEqual(
        { packet, reason, dropFunction, caller, stack, meta, mark, ethertype, mtu, length, beginsAt, pid },
        {
          ...{ packet: 0, reason: '', dropFunction: '', caller: '', stack: [], meta: [], mark: 0, ethertype: 0x0800 },
          ...{ mtu: 1500, length: 62, beginsAt: 'link', pid: process.pid },
        },
      )
      assert.deepEqual([first.interfaceIndex, first.netns], [spaces.index('a', 'a0'), inode.a])
      // IPv4, UDP, from 10.1.0.1 to 10.2.0.2:7777, 20 bytes of payload.
      const hex = Buffer.from(first.bytes).toString('hex')
      assert.equal(first.bytes.length, 62)
      assert.equal(hex.slice(24, 32), '08004500')
      assert.equal(hex.slice(52, 68), '0a0100010a020002')
      assert.equal(hex.slice(72, 80), '1e61001c')
      const ms = first.seconds * 1000 + first.nanoseconds / 1e6
      assert.ok(ms >= begin - 1 && ms <= Date.now() + 1, `${ms} is not between ${begin} and now`)
      for (const [i, step] of steps.slice(1).entries()) {
        const before = steps[i]!
        assert.ok(
          (step.seconds - before.seconds) * 1e9 + step.nanoseconds - before.nanoseconds >= 0,
          'later steps are told later',
        )
      }
    })
  })

  test('a filter refuses in the kernel: nothing is told, and it is counted', async () => {
    await router.heard({ filter: udpTo(7778), netns: inode.b }, async (trace) => {
      router.send(7779, 100)
      const none = await trace.until(() => trace.watch.counts().refused >= 100)
      assert.deepEqual(none, [])
      router.send(7778, 10)
      const steps = await trace.until((x) => x.filter((step) => step.functionName === 'kfree_skb').length >= 10)
      assert.equal(steps.filter((x) => x.functionName === 'kfree_skb').length, 10)
      for (const { netns, bytes } of steps) assert.deepEqual([netns, bytes[36], bytes[37]], [inode.b, 0x1e, 0x62])
      trace.watch.stop()
      trace.drain()
      const { seen, refused, ringFull } = trace.watch.counts()
      assert.deepEqual([refused + trace.steps.length, ringFull], [seen, 0])
    })
  })

  test('only at one interface', async () => {
    await router.heard({ interfaceName: 'rb' }, async (trace) => {
      router.send(7780, 3)
      const steps = await trace.until((x) => x.length >= 6)
      assert.deepEqual([...new Set(steps.map((x) => x.interfaceName))], ['rb'])
      assertWay(steps, ['net_dev_queue rb', 'net_dev_start_xmit rb'])
    })
  })

  test('only with a mark: it is gone where the packet enters another namespace', async () => {
    await router.heard({ mark: { value: 0x1200, mask: 0xff00 }, filter: udpTo(7781) }, async (trace) => {
      const fd = spaces.inside('a', () => libc.socket(AF_INET, SOCK_DGRAM, 0))
      const address = sockaddr(AF_INET, parseAddress('10.2.0.2')!, 7781)
      libc.connect(fd, address, address.length)
      for (const mark of [0x1300, 0x12ab]) {
        assert.equal(libc.setsockopt(fd, SOL_SOCKET, SO_MARK, Int32Array.of(mark), 4), 0)
        // The answer to the one before makes the next write fail without sending.
        for (let left = 10; left > 0 && libc.write(fd, new Uint8Array(20), 20) !== 20; left--);
      }
      libc.close(fd)
      const steps = await trace.until((x) => x.length >= 2)
      assert.deepEqual([...new Set(steps.map((x) => `${x.mark.toString(16)} ${x.interfaceName}`))], ['12ab a0'])
    })
  })

  test('only some functions, by their whole names; a name that there is not is an error with those near', async () => {
    await router.heard({ functions: named('net_dev_queue|netif_rx') }, async (trace) => {
      router.send(7782)
      const steps = await trace.until((x) => x.length >= 4)
      assert.deepEqual([...new Set(steps.map((x) => x.functionName))].sort(), ['net_dev_queue', 'netif_rx'])
      assert.equal(trace.watch.attached, 2)
    })
    // By whichever way: one that has no functions may still have tracepoints.
    for (const tier of [undefined, 'tp_btf'] as const) {
      await assert.rejects(openTrace({ ...byTracepoints, tier, functions: named('net_dev_queues') }), (error) => {
        assert.ok(error instanceof InputError)
        assert.match(error.message, /named "net_dev_queues"/)
        assert.equal(error.nextSteps[0], 'Did you mean net_dev_queue?')
        return true
      })
    }
  })

  test('a VLAN tag that the kernel took off is where it was: of what waits for a packet socket', async () => {
    const socketIn = (space: string, protocol: number) =>
      spaces.inside(space, () => libc.socket(AF_PACKET, SOCK_RAW, protocol))
    const sender = socketIn('a', 0)
    const at = new Uint8Array(20)
    const view = new DataView(at.buffer)
    view.setUint16(0, AF_PACKET, true)
    view.setUint16(2, ETH_P_ALL)
    view.setUint32(4, spaces.index('a', 'a0'), true)
    assert.equal(libc.bind(sender, at, at.length), 0)
    // To all, from 02:00:00:00:00:01, VLAN 100 with priority 3, IPv4 without more.
    const frame = Uint8Array.from(Buffer.from(`${'ff'.repeat(6)}020000000001810060640800${'45'.repeat(50)}`, 'hex'))
    await router.heard({ netns: inode.r, functions: named('kfree_skb|netif_rx') }, async (trace) => {
      const waiting = socketIn('r', ETH_P_ALL << 8)
      assert.equal(libc.write(sender, frame, frame.length), frame.length)
      await trace.until((x) => x.some((step) => step.functionName === 'netif_rx' && step.ethertype === 0x8100))
      libc.close(waiting)
      const isPurged = ({ functionName, interfaceName, ethertype }: HeardStep) =>
        functionName === 'kfree_skb' && interfaceName === '' && ethertype === 0x0800
      const purged = (await trace.until((x) => x.some(isPurged))).filter(isPurged)
      const wire = purged.map((x) => Buffer.from(x.bytes).toString('hex'))
      assert.deepEqual(wire, [Buffer.from(frame).toString('hex')])
    })
    libc.close(sender)
  })

  test('who called, and the whole way into it', async () => {
    await router.heard({ filter: udpTo(7795), caller: true }, async (trace) => {
      router.send(7795)
      const steps = await trace.until(isDropped)
      const queue = steps.find((x) => x.functionName === 'net_dev_queue')!
      assert.match(queue.caller, /^__dev_queue_xmit\+0x[0-9a-f]+$/)
      assert.deepEqual(queue.stack, [])
    })
    await router.heard({ filter: udpTo(7795), stack: true }, async (trace) => {
      router.send(7795)
      const steps = await trace.until(isDropped)
      const queue = steps.find((x) => x.functionName === 'net_dev_queue')!
      assert.equal(queue.caller, '')
      assert.match(queue.stack.join(' '), /^__dev_queue_xmit\+\S+ .*udp_sendmsg\+\S+ .*entry_SYSCALL/)
    })
  })

  test('fields of the buffer; none where a pointer on the way is null', async () => {
    const meta = ['skb->len', 'skb->dev->ifindex', 'skb->sk->__sk_common.skc_family', 'skb->pkt_type']
    await router.heard({ filter: udpTo(7798), meta }, async (trace) => {
      router.send(7798)
      const steps = await trace.until(isDropped)
      const queue = steps.find((x) => x.functionName === 'net_dev_queue' && x.interfaceName === 'a0')!
      assert.deepEqual(queue.meta, [62n, BigInt(spaces.index('a', 'a0')), 2n, 0n])
      // Where it is forwarded it is no socket's any more.
      const forwarded = steps.find((x) => x.functionName === 'net_dev_queue' && x.interfaceName === 'rb')!
      assert.deepEqual(forwarded.meta, [62n, BigInt(spaces.index('r', 'rb')), undefined, 0n])
    })
    for (const [wrong, message] of [
      [['skb->marks'], /marks/],
      [['skb->mark', 'skb->len', 'skb->len', 'skb->len', 'skb->len'], /^At most 4 fields/],
    ] as const) {
      await assert.rejects(openTrace({ ...byTracepoints, meta: wrong }), (error) => {
        assert.ok(error instanceof InputError)
        assert.match(error.message, message)
        return true
      })
    }
  })

  test('a ring that is too small: what it had no room for is counted, to the last one', async () => {
    await router.heard({ netns: inode.b, filter: udpTo(7796), ringBytes: 4096 }, async (trace) => {
      router.send(7796, 500)
      const steps = await trace.until((all) => all.length + trace.watch.counts().ringFull >= 1500)
      trace.watch.stop()
      trace.drain()
      const { seen, refused, ringFull } = trace.watch.counts()
      assert.ok(steps.length >= 10 && ringFull >= 1000, `${steps.length} told, ${ringFull} not`)
      assert.equal(steps.length + refused + ringFull, seen)
    })
  })

  test('stopped under traffic: told, refused and without room are together what was seen, and nothing comes behind', async () => {
    const flood = `
      const socket = require('node:dgram').createSocket('udp4')
      const send = (port) => socket.send('x', port, '10.2.0.2', () => send(port))
      for (let i = 0; i < 16; i++) send(7801 + (i & 1))
      console.log('ready')`
    await router.beside('a', [process.execPath, '-e', flood], async () => {
      for (const ringBytes of [undefined, 65_536, undefined, 65_536]) {
        const watch = await openTrace({ ...byTracepoints, filter: udpTo(7801), ringBytes })
        try {
          let told = 0
          const take = () => {
            told++
          }
          const end = performance.now() + 5000
          while (performance.now() < end && (told < 500 || watch.counts().refused < 500)) {
            watch.drain(take)
            await sleep(2)
          }
          watch.stop()
          watch.drain(take)
          const counts = watch.counts()
          assert.ok(told >= 500 && counts.refused >= 500, `${told} told, ${counts.refused} refused`)
          assert.equal(told + counts.refused + counts.ringFull, counts.seen)
          await sleep(20)
          watch.stop()
          assert.equal(watch.drain(take), 0)
          assert.deepEqual(watch.counts(), counts)
        } finally {
          watch.close()
        }
      }
    })
  })

  test('what is no packet of a network is not met: datagrams of a Unix socket', async () => {
    const trace = await HeardSteps.open([ownNetns(), 0])
    try {
      const script =
        "import socket\na, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\nfor i in range(20): a.send(b'x')\nb.close()"
      const child = spawnSync('python3', ['-c', script])
      assert.equal(child.status, 0)
      await trace.until(() => true)
      assert.deepEqual(
        trace.steps.filter((x) => x.pid === child.pid),
        [],
      )
    } finally {
      trace.close()
    }
  })

  test('it leaves nothing: no program, map or link after the end, and its counts stay', async () => {
    const held = () => {
      const kinds: string[] = []
      for (const fd of readdirSync('/proc/self/fd')) {
        try {
          const text = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')
          const kind = /^(prog_type|map_type|link_type):/m.exec(text)
          if (kind) kinds.push(kind[1]!)
        } catch {
          // Closed meanwhile.
        }
      }
      return kinds.sort()
    }
    const before = held()
    const trace = await HeardSteps.open(Object.values(inode), { track: true, netns: inode.b })
    const { watch } = trace
    assert.equal(held().filter((kind) => kind === 'link_type').length, watch.attached + 2)
    router.send(7797, 5)
    await trace.until(isDropped)
    const hanging = held()
    watch.stop()
    assert.deepEqual(held(), hanging)
    watch.close()
    watch.close()
    watch.stop()
    assert.deepEqual(held(), before)
    assert.ok(watch.counts().seen >= 5)
    assert.equal(
      watch.drain(() => assert.fail('an event after the end')),
      0,
    )
  })

  test('told while it attaches, which may end there', async () => {
    const told: [number, number][] = []
    const watch = await openTrace(byTracepoints, (attached, wanted) => {
      told.push([attached, wanted])
      return attached < 3
    })
    watch.close()
    assert.equal(watch.attached, 3)
    assert.deepEqual(
      told.map(([attached]) => attached),
      [1, 2, 3],
    )
    assert.ok(told[0]![1] >= 20)
  })
})
