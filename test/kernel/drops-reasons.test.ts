// As root, in network namespaces of its own: which drops are heard, and what is told of them.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openBpf } from '../../src/lib/kernel/bpf/loader.ts'
import { readBpfObject } from '../../src/lib/kernel/bpf/object-files.ts'
import { openRingBuffer } from '../../src/lib/kernel/bpf/ring-buffer.ts'
import { ownNetns } from '../../src/lib/kernel/links/netns.ts'
import { connectOnce, HeardDrops, noDrops, sendDatagrams } from '../helpers/heard-drops.ts'
import { Namespaces } from '../helpers/namespaces.ts'

const noNft = spawnSync('nft', ['--version']).error ? 'the program `nft` is not there' : false

describe('drops that are heard', { skip: noDrops }, () => {
  const spaces = new Namespaces()
  const inode: Record<string, number> = {}

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
      // Each ICMP answer is sent, so that none is waited for.
      spaces.set(name, 'net.ipv4.icmp_ratelimit', '0')
    }
    // Neighbours are asked for once, before anything is counted.
    sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 9, count: 1 })
  })
  after(() => spaces.remove())

  const nft = (space: string, ...lines: string[]) =>
    execFileSync('ip', ['netns', 'exec', spaces.realName(space), 'nft', '-f', '-'], { input: lines.join('\n') })
  const table = (hook: string, rule: string) => [
    'flush ruleset',
    'table ip t {',
    `chain c { type filter hook ${hook} priority 0; ${rule} drop; }`,
    '}',
  ]

  const heard = async (work: (drops: HeardDrops) => Promise<void>, options = {}) => {
    const drops = await HeardDrops.open(Object.values(inode), options)
    try {
      await work(drops)
    } finally {
      drops.close()
    }
  }

  test('3,000 datagrams to a closed port: NO_SOCKET, each of them, with all that is known of it', async () => {
    await heard(async (drops) => {
      const before = Date.now()
      sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 7777, count: 3000 })
      const found = await drops.until(3000)
      assert.equal(found.length, 3000)
      assert.deepEqual(drops.watch.untold(), { ringFull: 0, limited: 0 })
      for (const drop of found) {
        const { reasonName, functionName, interfaceName, netns, isLeaving, inputIndex, beginsAt } = drop
        assert.deepEqual(
          { reasonName, functionName, interfaceName, netns, isLeaving, inputIndex, beginsAt },
          {
            reasonName: 'NO_SOCKET',
            functionName: '__udp4_lib_rcv',
            interfaceName: 'b0',
            netns: inode.b,
            isLeaving: false,
            inputIndex: 0,
            beginsAt: 'link',
          },
        )
      }
      const [drop] = found
      assert.equal(drop!.interfaceIndex, spaces.index('b', 'b0'))
      assert.deepEqual([drop!.ethertype, drop!.frameBytes, drop!.segments, drop!.bytes.length], [0x0800, 62, 1, 62])
      // IPv4, UDP, from 10.1.0.1 to 10.2.0.2:7777, 20 bytes of payload.
      const hex = Buffer.from(drop!.bytes).toString('hex')
      assert.equal(hex.slice(24, 32), '08004500')
      assert.equal(hex.slice(46, 48), '11')
      assert.equal(hex.slice(52, 68), '0a0100010a020002')
      assert.equal(hex.slice(72, 80), '1e61001c')
      assert.ok(drop!.functionOffset > 0)
      // The sender's own thread carries a packet through veth: process and time are its.
      const ms = drop!.seconds * 1000 + drop!.nanoseconds / 1e6
      assert.ok(ms >= before - 1 && ms <= Date.now() + 1, `${ms} is not between ${before} and now`)
    })
  })

  test('a firewall in the receiver: NETFILTER_DROP in nft_do_chain', { skip: noNft }, async () => {
    nft('b', ...table('input', 'udp dport 5555'))
    await heard(async (drops) => {
      sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 5555, count: 30 })
      const found = await drops.until(30)
      const what = found.map((x) => `${x.reasonName} ${x.functionName} ${x.interfaceName} ${x.isLeaving}`)
      assert.deepEqual(what, new Array(30).fill('NETFILTER_DROP nft_do_chain b0 false'))
    })
    nft('b', 'flush ruleset')
  })

  test('a firewall behind forwarding: leaving by one device, come in by another', { skip: noNft }, async () => {
    nft('r', ...table('postrouting', 'udp dport 5556'))
    await heard(async (drops) => {
      sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 5556, count: 20 })
      const found = await drops.until(20)
      const what = found.map((x) => [x.reasonName, x.interfaceName, x.isLeaving, x.inputIndex, x.netns])
      assert.deepEqual(what, new Array(20).fill(['NETFILTER_DROP', 'rb', true, spaces.index('r', 'ra'), inode.r]))
    })
    nft('r', 'flush ruleset')
  })

  test('a firewall in the sender: leaving, of this host itself, before there is a link layer', {
    skip: noNft,
  }, async () => {
    nft('a', ...table('postrouting', 'udp dport 5557'))
    await heard(async (drops) => {
      try {
        sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 5557, count: 5 })
      } catch {
        // The kernel tells the sender: EPERM, so no write counts as sent. Each was tried 60 times at most.
      }
      const found = await drops.until(5)
      assert.ok(found.length >= 5)
      for (const x of found) {
        assert.deepEqual(
          [x.reasonName, x.interfaceName, x.isLeaving, x.inputIndex, x.beginsAt, x.ethertype, x.frameBytes],
          ['NETFILTER_DROP', 'a0', true, 0, 'network', 0x0800, 48],
        )
        assert.equal(x.bytes[0], 0x45)
        // What sends is this process.
        assert.equal(x.pid, process.pid)
      }
    })
    nft('a', 'flush ruleset')
  })

  test('a blackhole route: dropped where routes are found, without a reason before Linux has one', async () => {
    spaces.ip('r', 'route', 'add', 'blackhole', '10.77.0.0/16')
    await heard(async (drops) => {
      sendDatagrams(spaces, { from: 'a', to: '10.77.0.1', port: 9, count: 25 })
      const found = await drops.until(25, (x) => x.netns === inode.r)
      assert.equal(found.length, 25)
      for (const x of found) {
        assert.match(`${x.reasonName} ${x.functionName}`, /^(NOT_SPECIFIED|IP_INNOROUTES|BLACKHOLE\w*) ip_\w+$/)
        assert.deepEqual([x.interfaceName, x.isLeaving], ['ra', false])
      }
    })
  })

  test('TCP to a closed port: the SYN is dropped for want of a socket, and so is its answer when nobody waits', async () => {
    await heard(async (drops) => {
      for (let i = 0; i < 10; i++) connectOnce(spaces, 'a', '10.2.0.2', 7000 + i)
      const found = await drops.until(10, (x) => x.netns === inode.b)
      assert.deepEqual(
        found.map((x) => `${x.reasonName} ${x.functionName} ${x.interfaceName}`),
        new Array(10).fill('NO_SOCKET tcp_v4_rcv b0'),
      )
      const resets = drops.drops.filter((x) => x.netns === inode.a)
      for (const x of resets) assert.match(x.reasonName, /^(NO_SOCKET|TCP_RESET|SOCKET_CLOSE|TCP_CLOSE|NOT_SPECIFIED)$/)
    })
  })

  test('one buffer of ten datagrams: ten segments, and the length of one', async () => {
    await heard(async (drops) => {
      sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 7778, count: 3, bytes: 10_000, segment: 1000 })
      const found = await drops.until(3)
      assert.deepEqual(
        // What follows the headers is in pages of their own, of which nothing is read.
        found.map((x) => [x.reasonName, x.segments, x.frameBytes, x.bytes.length]),
        new Array(3).fill(['NO_SOCKET', 10, 1042, 42]),
      )
    })
  })

  test('256 bytes of each', async () => {
    await heard(
      async (drops) => {
        sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 7779, count: 2, bytes: 1000 })
        const found = await drops.until(2)
        assert.deepEqual(
          found.map((x) => [x.frameBytes, x.bytes.length, x.bytes[255]]),
          new Array(2).fill([1042, 256, 0x61]),
        )
      },
      { headerBytes: 256 },
    )
  })

  test('of one namespace only', async () => {
    await heard(
      async (drops) => {
        sendDatagrams(spaces, { from: 'b', to: '10.1.0.1', port: 7780, count: 50 })
        sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 7780, count: 40 })
        const found = await drops.until(40)
        assert.deepEqual(new Set(found.map((x) => x.netns)), new Set([inode.b]))
        assert.equal(found.length, 40)
      },
      { netns: inode.b },
    )
  })

  test('a ring that is too small: what it had no room for is counted, to the last one', async () => {
    await heard(
      async (drops) => {
        sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 7781, count: 3000 })
        const found = await drops.untilAll(3000)
        const { ringFull, limited } = drops.watch.untold()
        assert.ok(found.length >= 10 && ringFull >= 2900, `${found.length} heard, ${ringFull} not`)
        assert.deepEqual([found.length + ringFull, limited], [3000, 0])
      },
      { netns: inode.b, ringBytes: 4096 },
    )
  })

  test('a limit a second: the rest is counted', async () => {
    await heard(
      async (drops) => {
        sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 7782, count: 3000 })
        const found = await drops.untilAll(3000)
        const { ringFull, limited } = drops.watch.untold()
        assert.deepEqual([found.length + limited, ringFull], [3000, 0])
        // Sending takes less than two seconds, which lie in three of the kernel's at most.
        assert.ok(found.length >= 100 && found.length <= 300, `${found.length} told`)
      },
      { netns: inode.b, limit: 100 },
    )
  })

  for (const program of ['drops', 'drops_raw']) {
    test(`the way of older kernels hears the same: ${program}`, async () => {
      const bpf = await openBpf()
      try {
        const constants = { only_netns: inode.b! }
        const object = bpf.load(readBpfObject('drops'), { programs: [program], constants })
        object.program(program).attachTracepoint()
        const ring = openRingBuffer(bpf, object.map('ring'))
        sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 7784, count: 100 })
        const found: string[] = []
        for (let tries = 0; tries < 100 && found.length < 100; tries++) {
          await sleep(20)
          // Of struct drop: ethertype, length of the header, where it begins, name of the device.
          ring.drain((at) => {
            const words = [44, 50, 52].map((offset) => ring.view.getUint16(at + offset, true))
            found.push([...words, Buffer.from(ring.bytes.subarray(at + 56, at + 58)).toString()].join(' '))
          })
        }
        assert.deepEqual(found, new Array(100).fill('2048 62 1 b0'))
        ring.close()
      } finally {
        bpf.close()
      }
    })
  }

  test('what is no packet of a network is not heard: datagrams in a Unix socket that is closed', async () => {
    const drops = await HeardDrops.open([ownNetns(), 0])
    try {
      const script =
        "import socket\na, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\nfor i in range(20): a.send(b'x')\nb.close()"
      const child = spawnSync('python3', ['-c', script])
      assert.equal(child.status, 0)
      const found = await drops.until(0, ({ pid }) => pid === child.pid)
      assert.deepEqual(found, [])
    } finally {
      drops.close()
    }
  })

  test('the numbers stay after the end', async () => {
    const drops = await HeardDrops.open([inode.b!], { netns: inode.b, limit: 1 })
    sendDatagrams(spaces, { from: 'a', to: '10.2.0.2', port: 7783, count: 20 })
    const found = await drops.untilAll(20)
    drops.close()
    drops.close()
    assert.equal(found.length + drops.watch.untold().limited, 20)
    assert.equal(
      drops.watch.drain(() => assert.fail('a drop after the end')),
      0,
    )
  })
})
