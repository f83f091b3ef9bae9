// As root, in network namespaces of its own: what a sample tells of its packet: bytes, tag, time, ways in and out, next router.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TapMethod } from '../../src/lib/kernel/tap/open-tap.ts'
import { type TappedPacket, THIS_HOST, UNKNOWN_INTERFACE } from '../../src/lib/kernel/tap/tap.ts'
import { whyNoBpf } from '../helpers/bpf.ts'
import { libc } from '../helpers/libc.ts'
import { noNamespaces } from '../helpers/namespaces.ts'
import { PORT, TappedRouter } from '../helpers/tapped-router.ts'
import { blast } from '../helpers/udp-blast.ts'

const noBpf = await whyNoBpf()
const skips: Record<TapMethod, string | false> = { tcx: noNamespaces || noBpf, af_packet: noNamespaces }
const AF_PACKET = 17
const SOCK_RAW = 3

/** A sample with its bytes copied. */
interface Taken extends TappedPacket {
  readonly header: Uint8Array
}

describe('what a sample tells', { skip: noNamespaces }, () => {
  let router: TappedRouter
  let outOfA: number
  before(() => {
    router = new TappedRouter()
    outOfA = router.spaces.index('a', 'eth0')
  })
  after(() => router.close())

  /** All samples of what `work` sends. */
  const taken = async (work: () => void): Promise<Taken[]> => {
    router.tap.drain(() => undefined)
    work()
    const all: Taken[] = []
    await router.settle((packet) => {
      const nextHop = packet.nextHop && Uint8Array.from(packet.nextHop)
      all.push({ ...packet, nextHop, header: packet.bytes.slice(packet.offset, packet.offset + packet.length) })
    })
    return all
  }
  /** Those of UDP to a port, seen at one place. */
  const at = (all: readonly Taken[], name: 'left' | 'right', direction: 'ingress' | 'egress', port: number) =>
    all.filter(
      ({ interfaceIndex, direction: way, header }) =>
        interfaceIndex === router.index[name] &&
        way === direction &&
        header.length >= 38 &&
        new DataView(header.buffer).getUint16(36) === port,
    )
  const mac = (space: string, device: string): string =>
    JSON.parse(router.spaces.ip(space, '-j', 'link', 'show', device))[0].address.replaceAll(':', '')
  /** A frame from a, as it is. */
  const sendFrame = (frame: Uint8Array): void => {
    const { spaces } = router
    const fd = spaces.inside('a', () => libc.socket(AF_PACKET, SOCK_RAW, 0))
    const address = new Uint8Array(20)
    const view = new DataView(address.buffer)
    view.setUint16(0, AF_PACKET, true)
    view.setUint16(2, 3)
    view.setInt32(4, outOfA, true)
    assert.equal(libc.bind(fd, address, 20), 0)
    assert.equal(libc.write(fd, frame, frame.length), frame.length)
    libc.close(fd)
  }

  for (const method of ['tcx', 'af_packet'] as const) {
    test(`${method}: bytes as many as wanted, up to 256, and the length of the whole`, {
      skip: skips[method],
    }, async () => {
      await router.open(method)
      for (const [wanted, got] of [
        [14, 14],
        [128, 128],
        [129, 129],
        [256, 256],
        [1000, 256],
      ] as const) {
        router.attach(1, 'ingress', wanted)
        const all = await taken(() => router.send(3, { bytes: [600], drain: false }))
        const long = all.filter(({ frameBytes }) => frameBytes === 642)
        assert.deepEqual(
          long.map(({ length }) => length),
          [got, got, got],
        )
      }
      router.attach(1, 'ingress', 256)
      const [short] = at(await taken(() => router.send(1, { bytes: [20], drain: false })), 'left', 'ingress', PORT)
      assert.equal(short!.length, 62)
      assert.equal(short!.frameBytes, 62)
      assert.deepEqual([...short!.header.subarray(42)], Array(20).fill(0x73))
    })

    test(`${method}: times are the clock's, in order`, { skip: skips[method] }, async () => {
      await router.open(method)
      router.attach(1, 'ingress')
      const before = Date.now()
      const all = at(await taken(() => router.send(200, { drain: false })), 'left', 'ingress', PORT)
      const times = all.map(({ seconds, nanoseconds }) => seconds * 1000 + nanoseconds / 1e6)
      assert.equal(times.length, 200)
      // Date.now() cuts milliseconds off.
      assert.ok(times[0]! >= before && times.at(-1)! < Date.now() + 1)
      for (let i = 1; i < times.length; i++) assert.ok(times[i]! >= times[i - 1]!)
      assert.ok(all.every(({ nanoseconds }) => Number.isInteger(nanoseconds) && nanoseconds >= 0 && nanoseconds < 1e9))
    })

    test(`${method}: a VLAN tag that the kernel took off`, { skip: skips[method] }, async () => {
      await router.open(method)
      router.attach(1, 'ingress')
      const frame = new Uint8Array(100)
      frame.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 7, 0x81, 0x00, 0x6f, 0xa0, 0x88, 0xb5])
      const all = await taken(() => sendFrame(frame))
      const [packet] = all.filter(({ header }) => header[11] === 7)
      assert.equal(packet!.vlanTag, 0x6fa0)
      assert.equal(packet!.vlanProtocol, 0x8100)
      assert.equal(packet!.frameBytes, 96)
      assert.deepEqual(
        [...packet!.header.subarray(0, 14)],
        [255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 7, 0x88, 0xb5],
      )
      const [untagged] = at(await taken(() => router.send(1, { drain: false })), 'left', 'ingress', PORT)
      assert.equal(untagged!.vlanTag, undefined)
    })
  }

  test('af_packet: the other side of a packet is not known', { skip: skips.af_packet }, async () => {
    await router.open('af_packet')
    router.attach(1)
    const all = await taken(() => router.send(1, { drain: false }))
    assert.deepEqual(
      [at(all, 'left', 'ingress', PORT)[0]!.inputIndex, at(all, 'left', 'ingress', PORT)[0]!.outputIndex],
      [router.index.left, UNKNOWN_INTERFACE],
    )
    assert.deepEqual(
      [at(all, 'right', 'egress', PORT)[0]!.inputIndex, at(all, 'right', 'egress', PORT)[0]!.outputIndex],
      [UNKNOWN_INTERFACE, router.index.right],
    )
  })

  test('tcx: packets for this host, its own, and those that are at the end of their life', {
    skip: skips.tcx,
  }, async () => {
    const { spaces, index } = router
    await router.open('tcx')
    router.attach(1)
    const all = await taken(() => {
      blast(spaces, { from: 'a', to: '10.1.0.2', port: 9, count: 1, bytes: [40] })
      blast(spaces, { from: 'r', to: '10.2.0.1', port: PORT, count: 1, bytes: [40] })
    })
    assert.equal(at(all, 'left', 'ingress', 9)[0]!.outputIndex, THIS_HOST)
    assert.equal(at(all, 'right', 'egress', PORT)[0]!.inputIndex, THIS_HOST)
    assert.equal(at(all, 'right', 'egress', PORT)[0]!.outputIndex, index.right)
    spaces.set('a', 'net.ipv4.ip_default_ttl', '1')
    const last = await taken(() => router.send(1, { drain: false }))
    spaces.set('a', 'net.ipv4.ip_default_ttl', '64')
    assert.equal(at(last, 'left', 'ingress', PORT)[0]!.outputIndex, UNKNOWN_INTERFACE)
    assert.equal(at(last, 'right', 'egress', PORT).length, 0)
    // Forwarding off: what comes in stays here, or is thrown away.
    spaces.set('r', 'net.ipv4.ip_forward', '0')
    const off = await taken(() => router.send(1, { drain: false }))
    spaces.set('r', 'net.ipv4.ip_forward', '1')
    assert.equal(at(off, 'left', 'ingress', PORT)[0]!.outputIndex, THIS_HOST)
  })

  test('tcx: the next router, of IPv4, of IPv6, of IPv4 over IPv6; none where the destination is a neighbour', {
    skip: skips.tcx,
  }, async () => {
    const { spaces } = router
    spaces.ip('r', 'route', 'add', '10.77.0.0/24', 'via', '10.2.0.1')
    spaces.ip('r', 'route', 'add', 'fd77::/64', 'via', 'fd02::1')
    spaces.ip('r', 'route', 'add', '10.78.0.0/24', 'via', 'inet6', 'fd02::1', 'dev', 'right')
    await router.open('tcx')
    router.attach(1, 'ingress')
    const hopOf = async (to: string) => {
      const all = await taken(() => blast(spaces, { from: 'a', to, port: 9, count: 1, bytes: [77] }))
      const [packet] = all.filter(({ frameBytes }) => frameBytes === (to.includes(':') ? 139 : 119))
      assert.equal(packet!.outputIndex, router.index.right, to)
      return packet!.nextHop && Buffer.from(packet!.nextHop).toString('hex')
    }
    assert.equal(await hopOf('10.2.0.1'), undefined)
    assert.equal(await hopOf('10.77.0.5'), '0a020001')
    assert.equal(await hopOf('fd77::5'), 'fd020000000000000000000000000001')
    assert.equal(await hopOf('10.78.0.5'), 'fd020000000000000000000000000001')
  })

  /** A datagram without a hash of the sender's: the router itself works one out of its addresses and ports. */
  const plainFrame = (host: number, macs: string): Uint8Array => {
    const words = `4500007f00000000401100000a0100010a6300${host.toString(16).padStart(2, '0')}`
    const frame = Buffer.alloc(141, 0x73)
    frame.write(`${macs}0800${words}`, 0, 'hex')
    let sum = 0
    for (let at = 14; at < 34; at += 2) sum += frame.readUInt16BE(at)
    frame.writeUInt16BE(0xffff - ((sum & 0xffff) + (sum >>> 16)), 24)
    frame.writeUInt16BE(4000, 34)
    frame.writeUInt16BE(1000 + host, 36)
    frame.writeUInt16BE(107, 38)
    // No checksum.
    frame.writeUInt16BE(0, 40)
    return frame
  }

  for (const [policy, sender] of [
    ['0', 'sockets'],
    ['1', 'sockets'],
    ['1', 'frames'],
  ] as const) {
    test(`tcx: among routes of equal cost the one that is taken (hash policy ${policy}, ${sender})`, {
      skip: skips.tcx,
    }, async () => {
      const { spaces, index } = router
      spaces.set('r', 'net.ipv4.fib_multipath_hash_policy', policy)
      spaces.set('r', 'net.ipv6.fib_multipath_hash_policy', policy)
      const again = router.addSecondWay()
      const macs = mac('r', 'left') + mac('a', 'eth0')
      const hops = ['nexthop', 'via', '10.2.0.1', 'nexthop', 'via', '10.3.0.1']
      const hops6 = ['nexthop', 'via', 'fd02::1', 'nexthop', 'via', 'fd03::1']
      spaces.ip('r', 'route', 'replace', '10.99.0.0/24', ...hops)
      spaces.ip('r', '-6', 'route', 'replace', 'fd99::/64', ...hops6)
      await router.open('tcx')
      router.attach(1)
      spaces.inside('r', () =>
        router.tap.attach({ interfaceIndex: again, name: 'again', rate: 1, direction: 'both', headerBytes: 128 }),
      )
      for (const net of sender === 'frames' ? ['10.99.0.'] : ['10.99.0.', 'fd99::']) {
        const all = await taken(() => {
          for (let host = 1; host <= 60; host++) {
            if (sender === 'frames') sendFrame(plainFrame(host, macs))
            else blast(spaces, { from: 'a', to: `${net}${host}`, port: 1000 + host, count: 1, bytes: [99] })
          }
        })
        // From source address to ports, and the whole.
        const [length, from, to] = net.includes(':') ? [161, 22, 58] : [141, 26, 38]
        const keyOf = ({ header }: Taken) => Buffer.from(header.subarray(from, to)).toString('hex')
        const frames = all.filter(({ frameBytes }) => frameBytes === length)
        const left = frames.filter(({ direction }) => direction === 'egress')
        assert.ok(
          left.every(
            ({ inputIndex, interfaceIndex, outputIndex }) =>
              inputIndex === index.left && outputIndex === interfaceIndex,
          ),
        )
        const wayOf = new Map(left.map((packet) => [keyOf(packet), packet.interfaceIndex]))
        const ways = [...wayOf.values()]
        assert.equal(wayOf.size, 60)
        assert.ok(ways.filter((way) => way === again).length > 10 && ways.filter((way) => way !== again).length > 10)
        const came = frames.filter(({ direction }) => direction === 'ingress')
        assert.equal(came.length, 60)
        // A socket's packets carry its hash over a veth, as a card's would: which way is then not told.
        const isTold = policy === '0' || sender === 'frames'
        const wrong = came.filter(
          (packet) => packet.outputIndex !== (isTold ? wayOf.get(keyOf(packet)) : UNKNOWN_INTERFACE),
        )
        // Of 60, one in 64 has all tries go the same way by chance.
        assert.ok(wrong.length <= (isTold ? 0 : 6), `${wrong.length} of 60`)
      }
    })
  }
})
