// As root, in network namespaces of its own: the ways of packets, each step in its place; packets followed where they change.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { linkTypes } from '../../src/lib/pcap-filter/classic.ts'
import { compileFilter } from '../../src/lib/pcap-filter/compile.ts'
import { sendDatagrams } from '../helpers/heard-drops.ts'
import { fromHost, type HeardStep, noTrace, udpTo } from '../helpers/heard-steps.ts'
import { libc } from '../helpers/libc.ts'
import { assertWay, isDropped, noNft, noPython, placeOf, TracedRouter } from '../helpers/traced-router.ts'

const SOCK_RAW = 3
const AF_PACKET = 17
const ETH_P_ALL = 3

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
/** Takes connections to port 443 until it is ended. */
const web = `import socket
listening = socket.create_server(('10.2.0.2', 443))
print('ready', flush=True)
while True: listening.accept()[0].close()
`
/** One connection from a port of its own; it ends with 1 where it does not come about within half a second. */
const connect = (port: number) => `import socket
s = socket.socket()
s.settimeout(0.5)
s.bind(('', ${port}))
s.connect(('10.2.0.2', 443))
`
/** Where a header is complete: in a socket's queue some of it is taken off. */
const inFrame = /^net/
const compiled = (text: string) => ({
  link: compileFilter(text, linkTypes.ethernet),
  network: compileFilter(text, linkTypes.raw),
})
/** Flags of TCP, of a frame with IPv4 without options. */
const flagsOf = (x: HeardStep) => x.bytes[47]! & 0x3f
const SYN = 2
const SYN_ACK = 18
const sourcePort = (x: HeardStep) => new DataView(x.bytes.buffer).getUint16(34)

describe('the ways of packets', { skip: noTrace }, () => {
  const router = new TracedRouter()
  const { spaces, inode } = router
  before(() => router.make())
  after(() => router.remove())

  test('a ping over three namespaces: each place in order, the answer likewise', async () => {
    await router.heard({ track: true }, async (trace) => {
      assert.equal(router.run('a', 'ping', '-c', '1', '-W', '5', '10.2.0.2'), 0)
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

  test('a TCP connection: SYN, its answer, each place in order', { skip: noPython }, async () => {
    await router.beside('b', ['python3', '-c', web], async () => {
      await router.heard({ track: true, filter: compiled('port https') }, async (trace) => {
        assert.equal(router.run('a', 'python3', '-c', connect(40_001)), 0)
        const steps = await trace.until((all) =>
          all.some((x) => inFrame.test(x.functionName) && x.interfaceName === 'a0' && flagsOf(x) === SYN_ACK),
        )
        const of = (flags: number) => {
          const first = steps.find((x) => inFrame.test(x.functionName) && flagsOf(x) === flags)!
          return steps.filter((x) => x.packet === first.packet)
        }
        assertWay(of(SYN), [
          ...['net_dev_queue a0', 'net_dev_start_xmit a0', 'netif_rx ra', 'netif_receive_skb ra'],
          ...['net_dev_queue rb', 'net_dev_start_xmit rb', 'netif_rx b0', 'netif_receive_skb b0'],
        ])
        assertWay(of(SYN_ACK), [
          ...['net_dev_queue b0', 'net_dev_start_xmit b0', 'netif_rx rb', 'netif_receive_skb rb'],
          ...['net_dev_queue ra', 'net_dev_start_xmit ra', 'netif_rx a0', 'netif_receive_skb a0'],
        ])
        assert.deepEqual(
          steps
            .filter((x) => x.reason !== '')
            .map(placeOf)
            .filter((text) => text.includes('NETFILTER')),
          [],
        )
      })
    })
  })

  test('the same behind a firewall: the SYN ends where it is dropped, with the reason', {
    skip: noPython || noNft,
  }, async () => {
    router.nft('b', 'table inet w {', 'chain c { type filter hook input priority 0; tcp dport 443 drop; }', '}')
    try {
      await router.beside('b', ['python3', '-c', web], async () => {
        await router.heard({ track: true, filter: compiled('port https') }, async (trace) => {
          assert.equal(router.run('a', 'python3', '-c', connect(40_002)), 1)
          const steps = (await trace.until(isDropped)).filter((x) => x.packet === trace.steps[0]!.packet)
          assertWay(steps, [
            'net_dev_queue a0',
            'net_dev_queue rb',
            'netif_receive_skb b0',
            'kfree_skb b0 NETFILTER_DROP',
          ])
          const last = steps.at(-1)!
          assert.deepEqual([placeOf(last), last.dropFunction], ['kfree_skb b0 NETFILTER_DROP', 'nft_do_chain'])
          assert.deepEqual(
            trace.steps.filter((x) => inFrame.test(x.functionName) && flagsOf(x) !== SYN),
            [],
          )
          assert.deepEqual(
            [...new Set(trace.steps.filter((x) => inFrame.test(x.functionName)).map(sourcePort))],
            [40_002],
          )
        })
      })
    } finally {
      router.nft('b', 'flush ruleset')
    }
  })

  test('followed through masquerading and a port that is moved, though the filter fits no longer', {
    skip: noNft,
  }, async () => {
    router.nft(
      'r',
      ...['flush ruleset', 'table ip t {'],
      ...['chain in { type nat hook prerouting priority -100; udp dport 7790 dnat to 10.2.0.2:7791; }'],
      ...['chain out { type nat hook postrouting priority 100; oifname "rb" masquerade; }', '}'],
    )
    try {
      const work = async (track: boolean) => {
        let ways: string[] = []
        await router.heard({ filter: fromHost('10.1.0.1'), track }, async (trace) => {
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
      router.nft('r', 'flush ruleset')
    }
  })

  test('a clone has the number of its packet: what waits for a packet socket until that is closed', async () => {
    await router.heard({ filter: udpTo(7792), track: true }, async (trace) => {
      const fd = spaces.inside('a', () => libc.socket(AF_PACKET, SOCK_RAW, ETH_P_ALL << 8))
      router.send(7792)
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
    await router.heard({ filter: udpTo(7793), track: true, netns: inode.a }, async (trace) => {
      router.send(7793, 50)
      const steps = await trace.until((x) => x.filter((step) => step.functionName === 'kfree_skb').length >= 50)
      const numbers = new Set(
        steps.filter((x) => x.functionName === 'net_dev_queue' && x.bytes[23] === 17).map((x) => x.packet),
      )
      assert.equal(numbers.size, 50)
      assert.ok(new Set(steps.map((x) => x.skb)).size < 50, 'addresses come again')
    })
  })

  test('segments of TCP: each number stands for one of them, in all its steps', { skip: noPython }, async () => {
    await router.beside('b', ['python3', '-c', receiver], async (ended) => {
      await router.heard({ track: true, netns: inode.a }, async (trace) => {
        assert.equal(router.run('a', 'python3', '-c', sender), 0)
        const steps = await trace.until(ended)
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
    })
  })
})
