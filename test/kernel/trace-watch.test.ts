// As root, in network namespaces of its own: which tracepoints a packet reaches, what is told of it, and what the filters keep back.

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { ownNetns } from '../../src/lib/kernel/netns.ts'
import { openTrace } from '../../src/lib/kernel/open-trace.ts'
import type { TraceWish } from '../../src/lib/kernel/trace-watch.ts'
import { parseAddress } from '../../src/lib/parse/address.ts'
import { AF_INET, sockaddr } from '../../src/lib/sys/sockaddr.ts'
import { sendDatagrams } from '../helpers/heard-drops.ts'
import { everything, fromHost, type HeardStep, HeardSteps, noTrace, udpTo } from '../helpers/heard-steps.ts'
import { libc } from '../helpers/libc.ts'
import { Namespaces } from '../helpers/namespaces.ts'

const noNft = spawnSync('nft', ['--version']).error ? 'the program `nft` is not there' : false
const SOCK_DGRAM = 2
const SOCK_RAW = 3
const AF_PACKET = 17
const ETH_P_ALL = 3
const SOL_SOCKET = 1
const SO_MARK = 36

const noPython = spawnSync('python3', ['--version']).error ? 'the program `python3` is not there' : false
const receiver = `import socket
listening = socket.create_server(('10.2.0.2', 7799))
print('ready', flush=True)
for i in range(20):
    taken = listening.accept()[0]
    while taken.recv(65536): taken.sendall(b'y')
`
const sender = `import socket
for i in range(20):
    with socket.create_connection(('10.2.0.2', 7799)) as sending:
        for k in range(5):
            sending.sendall(b'x' * 3000)
            sending.recv(1)
`
/** Where a header is complete: in a socket's queue some of it is taken off. */
const inFrame = /^net/

const place = ({ functionName, interfaceName }: HeardStep) => `${functionName} ${interfaceName}`.trim()
/** Whether the places are among the steps, in their order. */
function assertWay(steps: readonly HeardStep[], expected: readonly string[]): void {
  const found = steps.map(place)
  let at = 0
  for (const each of expected) {
    at = found.indexOf(each, at) + 1
    if (at === 0) assert.fail(`${each} is not behind those before it in: ${found.join(', ')}`)
  }
}

describe('packets that are followed', { skip: noTrace }, () => {
  const spaces = new Namespaces()
  const inode: Record<string, number> = {}
  const all = () => Object.values(inode)

  // a 10.1.0.1 ─ 10.1.0.2 r 10.2.0.1 ─ 10.2.0.2 b
  before(() => {
    spaces.make('a', 'r', 'b')
    spaces.veth('a', 'a0', 'r', 'ra')
    spaces.veth('r', 'rb', 'b', 'b0')
    spaces.ip('a', 'addr', 'add', '10.1.0.1/24', 'dev', 'a0')
    spaces.ip('r', 'addr', 'add', '10.1.0.2/24', 'dev', 'ra')
    spaces.ip('r', 'addr', 'add', '10.2.0.1/24', 'dev', 'rb')
    spaces.ip('b', 'addr', 'add', '10.2.0.2/24', 'dev', 'b0')
    spaces.ip('a', 'route', 'add', 'default', 'via', '10.1.0.2')
    spaces.ip('b', 'route', 'add', 'default', 'via', '10.2.0.1')
    spaces.set('r', 'net.ipv4.ip_forward', '1')
    for (const name of ['a', 'r', 'b']) {
      inode[name] = statSync(`/run/netns/${spaces.realName(name)}`).ino
      spaces.set(name, 'net.ipv4.icmp_ratelimit', '0')
    }
    // Neighbours are asked for once, before anything is followed.
    sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 9, count: 1 })
    sendDatagrams(spaces, { from: 'b', to: '10.1.0.1', port: 9, count: 1 })
  })
  after(() => spaces.remove())

  const heard = async (wish: Partial<TraceWish>, work: (heard: HeardSteps) => Promise<void>) => {
    const steps = await HeardSteps.open(all(), wish)
    try {
      await work(steps)
    } finally {
      steps.close()
    }
  }
  const send = (port: number, count = 1) => sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port, count })
  const nft = (space: string, ...lines: string[]) =>
    execFileSync('ip', ['netns', 'exec', spaces.realName(space), 'nft', '-f', '-'], { input: lines.join('\n') })
  const isDropped = (steps: readonly HeardStep[]) => steps.some((x) => x.functionName === 'kfree_skb')

  test('a ping over three namespaces: each place in order, the answer likewise', async () => {
    await heard({ track: true }, async (trace) => {
      execFileSync('ip', ['netns', 'exec', spaces.realName('a'), 'ping', '-c', '1', '-W', '5', '10.2.0.2'])
      const isIcmp = (x: HeardStep, type: number) => x.bytes[23] === 1 && x.bytes[34] === type && x.beginsAt === 'link'
      const steps = await trace.until((all) => all.some((x) => isIcmp(x, 0) && x.interfaceName === 'a0'))
      const of = (type: number) => {
        const first = steps.find((x) => isIcmp(x, type))!
        assert.ok(first.packet > 0)
        return steps.filter((x) => x.packet === first.packet)
      }
      assertWay(of(8), [
        ...['net_dev_queue a0', 'net_dev_start_xmit a0', 'netif_rx ra', 'netif_receive_skb ra'],
        ...['net_dev_queue rb', 'net_dev_start_xmit rb', 'netif_rx b0', 'netif_receive_skb b0', 'consume_skb b0'],
      ])
      assertWay(of(0), [
        ...['net_dev_queue b0', 'net_dev_start_xmit b0', 'netif_rx rb', 'netif_receive_skb rb'],
        ...['net_dev_queue ra', 'net_dev_start_xmit ra', 'netif_rx a0', 'netif_receive_skb a0'],
      ])
      assert.deepEqual([...new Set(of(8).map((x) => x.netns))], [inode.a, inode.r, inode.b])
      assert.equal(trace.watch.counts().ringFull, 0)
    })
  })

  test('a datagram to a closed port: all that is known of each step', async () => {
    await heard({ filter: udpTo(7777) }, async (trace) => {
      const begin = Date.now()
      send(7777)
      const steps = await trace.until(isDropped)
      assertWay(steps, ['net_dev_queue a0', 'netif_rx ra', 'net_dev_queue rb', 'netif_rx b0', 'kfree_skb b0'])
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
    await heard({ filter: udpTo(7778), netns: inode.b }, async (trace) => {
      send(7779, 100)
      const none = await trace.until(() => trace.watch.counts().refused >= 100)
      assert.deepEqual(none, [])
      const { seen, refused, ringFull } = trace.watch.counts()
      assert.ok(seen === refused && refused >= 100, `${seen} seen, ${refused} refused`)
      assert.equal(ringFull, 0)
      send(7778, 10)
      const steps = await trace.until((x) => x.filter((step) => step.functionName === 'kfree_skb').length >= 10)
      assert.equal(steps.filter((x) => x.functionName === 'kfree_skb').length, 10)
      for (const { netns, bytes } of steps) assert.deepEqual([netns, bytes[36], bytes[37]], [inode.b, 0x1e, 0x62])
    })
  })

  test('only at one interface', async () => {
    await heard({ interfaceName: 'rb' }, async (trace) => {
      send(7780, 3)
      const steps = await trace.until((x) => x.length >= 6)
      assert.deepEqual([...new Set(steps.map((x) => x.interfaceName))], ['rb'])
      assertWay(steps, ['net_dev_queue rb', 'net_dev_start_xmit rb'])
    })
  })

  test('only with a mark: it is gone where the packet enters another namespace', async () => {
    await heard({ mark: { value: 0x1200, mask: 0xff00 }, filter: udpTo(7781) }, async (trace) => {
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
    await heard({ functions: /net_dev_queue|netif_rx/ }, async (trace) => {
      send(7782)
      const steps = await trace.until((x) => x.length >= 4)
      assert.deepEqual([...new Set(steps.map((x) => x.functionName))].sort(), ['net_dev_queue', 'netif_rx'])
      assert.equal(trace.watch.attached, 2)
    })
    // By whichever way: one that has no functions may still have tracepoints.
    for (const tier of [undefined, 'tp_btf'] as const) {
      await assert.rejects(openTrace({ ...everything, tier, functions: /net_dev_queues/ }), (error) => {
        assert.ok(error instanceof InputError)
        assert.match(error.message, /named "net_dev_queues"/)
        assert.equal(error.nextSteps[0], 'Did you mean net_dev_queue?')
        return true
      })
    }
  })

  test('followed through masquerading and a port that is moved, though the filter fits no longer', {
    skip: noNft,
  }, async () => {
    nft(
      'r',
      ...['flush ruleset', 'table ip t {'],
      ...['chain in { type nat hook prerouting priority -100; udp dport 7790 dnat to 10.2.0.2:7791; }'],
      ...['chain out { type nat hook postrouting priority 100; oifname "rb" masquerade; }', '}'],
    )
    try {
      const work = async (track: boolean) => {
        let ways: string[] = []
        await heard({ filter: fromHost(0x0a010001), track }, async (trace) => {
          sendDatagrams(spaces, { from: 'a', to: '10.1.0.2', port: 7790, count: 1 })
          const isLast = (x: HeardStep) => (track ? x.functionName === 'kfree_skb' : x.interfaceName === 'ra')
          const steps = await trace.until((all) => all.some(isLast))
          if (track)
            assert.deepEqual([...new Set(steps.filter((x) => x.bytes[23] === 17).map((x) => x.packet))].length, 1)
          // Source address and destination port as the packet has them there.
          ways = steps
            .filter((x) => x.bytes[23] === 17)
            .map((x) => {
              const view = new DataView(x.bytes.buffer)
              return `${x.interfaceName} ${x.bytes.subarray(26, 30).join('.')} ${view.getUint16(36)}`
            })
        })
        return [...new Set(ways)]
      }
      assert.deepEqual(await work(true), [
        ...['a0 10.1.0.1 7790', 'ra 10.1.0.1 7790'],
        ...['rb 10.2.0.1 7791', 'b0 10.2.0.1 7791'],
      ])
      assert.deepEqual(await work(false), ['a0 10.1.0.1 7790', 'ra 10.1.0.1 7790'])
    } finally {
      nft('r', 'flush ruleset')
    }
  })

  test('a clone has the number of its packet: what waits for a packet socket until that is closed', async () => {
    await heard({ filter: udpTo(7792), track: true }, async (trace) => {
      const fd = spaces.inside('a', () => libc.socket(AF_PACKET, SOCK_RAW, ETH_P_ALL << 8))
      send(7792)
      await trace.until(isDropped)
      libc.close(fd)
      const isClone = (x: HeardStep) => x.skb !== trace.steps[0]!.skb
      const steps = await trace.until((all) => all.some(isClone))
      assert.equal(new Set(steps.map((x) => x.packet)).size, 1)
      assert.deepEqual(
        [...new Set(steps.filter(isClone).map((x) => `${x.functionName} ${x.bytes[37]}`))],
        ['kfree_skb 112'],
      )
    })
  })

  test('buffers at one address, one after another, are different packets', async () => {
    await heard({ filter: udpTo(7793), track: true, netns: inode.a }, async (trace) => {
      send(7793, 50)
      const steps = await trace.until((x) => x.filter((step) => step.functionName === 'kfree_skb').length >= 50)
      const numbers = new Set(
        steps.filter((x) => x.functionName === 'net_dev_queue' && x.bytes[23] === 17).map((x) => x.packet),
      )
      assert.equal(numbers.size, 50)
      assert.ok(new Set(steps.map((x) => x.skb)).size < 50, 'addresses come again')
    })
  })

  test('segments of TCP: each number stands for one of them, in all its steps', { skip: noPython }, async () => {
    const inside = (space: string, text: string) => ['netns', 'exec', spaces.realName(space), 'python3', '-c', text]
    const server = spawn('ip', inside('b', receiver), { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await once(server.stdout, 'data')
      await heard({ track: true, netns: inode.a }, async (trace) => {
        execFileSync('ip', inside('a', sender))
        const steps = await trace.until(() => server.exitCode === 0)
        assert.equal(trace.watch.counts().ringFull, 0)
        const segments = new Map<number, Set<string>>()
        for (const { packet, bytes, functionName } of steps) {
          // Behind the header's checksum is what NAT changes; source, destination, ports and sequence number stay.
          if (bytes[23] !== 6 || bytes.length < 54 || !inFrame.test(functionName)) continue
          const of = segments.get(packet) ?? new Set()
          segments.set(packet, of.add(Buffer.from(bytes.subarray(26, 42)).toString('hex')))
        }
        assert.ok(segments.size >= 100, `${segments.size} segments`)
        // An interrupt may hide that a buffer was given back (TraceCounts.missed): its address is the next one's then.
        const mixed = [...segments].filter(([, of]) => of.size > 1)
        assert.ok(mixed.length <= segments.size / 50, `${mixed.length} of ${segments.size}: ${mixed}`)
      })
    } finally {
      server.kill()
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
    await heard({ netns: inode.r, functions: /kfree_skb|netif_rx/ }, async (trace) => {
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
    await heard({ filter: udpTo(7795), caller: true }, async (trace) => {
      send(7795)
      const steps = await trace.until(isDropped)
      const queue = steps.find((x) => x.functionName === 'net_dev_queue')!
      assert.match(queue.caller, /^__dev_queue_xmit\+0x[0-9a-f]+$/)
      assert.deepEqual(queue.stack, [])
    })
    await heard({ filter: udpTo(7795), stack: true }, async (trace) => {
      send(7795)
      const steps = await trace.until(isDropped)
      const queue = steps.find((x) => x.functionName === 'net_dev_queue')!
      assert.equal(queue.caller, '')
      assert.match(queue.stack.join(' '), /^__dev_queue_xmit\+\S+ .*udp_sendmsg\+\S+ .*entry_SYSCALL/)
    })
  })

  test('fields of the buffer; none where a pointer on the way is null', async () => {
    const meta = ['skb->len', 'skb->dev->ifindex', 'skb->sk->__sk_common.skc_family', 'skb->pkt_type']
    await heard({ filter: udpTo(7798), meta }, async (trace) => {
      send(7798)
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
      await assert.rejects(openTrace({ ...everything, meta: wrong }), (error) => {
        assert.ok(error instanceof InputError)
        assert.match(error.message, message)
        return true
      })
    }
  })

  test('a ring that is too small: what it had no room for is counted, to the last one', async () => {
    await heard({ netns: inode.b, filter: udpTo(7796), ringBytes: 4096 }, async (trace) => {
      send(7796, 500)
      const steps = await trace.until((all) => all.length + trace.watch.counts().ringFull >= 1500)
      const { seen, refused, ringFull } = trace.watch.counts()
      assert.ok(steps.length >= 10 && ringFull >= 1000, `${steps.length} told, ${ringFull} not`)
      assert.equal(steps.length + refused + ringFull, seen)
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
    const trace = await HeardSteps.open(all(), { track: true, netns: inode.b })
    const { watch } = trace
    assert.equal(held().filter((kind) => kind === 'link_type').length, watch.attached + 2)
    send(7797, 5)
    await trace.until(isDropped)
    watch.close()
    watch.close()
    assert.deepEqual(held(), before)
    assert.ok(watch.counts().seen >= 5)
    assert.equal(
      watch.drain(() => assert.fail('an event after the end')),
      0,
    )
  })

  test('told while it attaches, which may end there', async () => {
    const told: [number, number][] = []
    const watch = await openTrace(everything, (attached, wanted) => {
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
