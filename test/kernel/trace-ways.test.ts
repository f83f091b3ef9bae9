// As root, in network namespaces of its own: `sonde trace` as a person and a program use it: ways of packets, drops, forwarding and
// NAT, what is chosen in the kernel, forms, recordings, ends.
//
//   a 10.211.1.1 ─ 10.211.1.2 r 10.211.2.2 ─ 10.211.2.1 b

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAddress } from '../../src/lib/parse/address.ts'
import { AF_INET, sockaddr } from '../../src/lib/sys/sockaddr.ts'
import { isProgramLoaded } from '../helpers/bpf.ts'
import { builtSonde, cleanEnvironment, ended, repositoryRoot, sonde, startShell } from '../helpers/cli.ts'
import { sendDatagrams } from '../helpers/heard-drops.ts'
import { noTrace } from '../helpers/heard-steps.ts'
import { libc } from '../helpers/libc.ts'
import { Namespaces, noNamespaces } from '../helpers/namespaces.ts'
import { assertWay, endOf, placeOf, type StepLine, stepsOf, Traced } from '../helpers/traced.ts'
import { sink } from '../helpers/udp-blast.ts'

const noNft = spawnSync('nft', ['--version']).error ? 'the program `nft` is not there' : false
const noPing = spawnSync('ping', ['-V']).error ? 'the program `ping` is not there' : false
const NOBODY = 65_534
const SOCK_STREAM = 1
/** listen(2): asm/unistd.h. */
const LISTEN = process.arch === 'x64' ? 50 : 201
const SOL_SOCKET = 1
const SO_MARK = 36

describe('sonde trace', { skip: noTrace }, () => {
  const spaces = new Namespaces()
  const inode: Record<string, number> = {}
  const folder = mkdtempSync(join(tmpdir(), 'sonde-trace-'))
  const closing: (() => void)[] = []

  before(() => {
    spaces.make('a', 'r', 'b')
    spaces.veth('a', 'a0', 'r', 'ra')
    spaces.veth('b', 'b0', 'r', 'rb')
    for (const [end, ours, device, net] of [
      ['a', 'ra', 'a0', 1],
      ['b', 'rb', 'b0', 2],
    ] as const) {
      spaces.ip(end, 'addr', 'add', `10.211.${net}.1/24`, 'dev', device)
      spaces.ip('r', 'addr', 'add', `10.211.${net}.2/24`, 'dev', ours)
      spaces.ip(end, 'route', 'add', 'default', 'via', `10.211.${net}.2`)
      // Neighbours that need not be asked for delay no packet.
      const mac = (space: string, name: string) => JSON.parse(spaces.ip(space, '-j', 'link', 'show', name))[0].address
      spaces.ip(end, 'neigh', 'replace', `10.211.${net}.2`, 'lladdr', mac('r', ours), 'dev', device)
      spaces.ip('r', 'neigh', 'replace', `10.211.${net}.1`, 'lladdr', mac(end, device), 'dev', ours)
    }
    spaces.set('r', 'net.ipv4.ip_forward', '1')
    for (const name of ['a', 'r', 'b']) inode[name] = statSync(`/run/netns/${spaces.realName(name)}`).ino
    // Somebody who takes what comes: nobody answers.
    closing.push(sink(spaces, 'b', '0.0.0.0', 6100), sink(spaces, 'r', '0.0.0.0', 6100))
  })
  after(() => {
    for (const close of closing) close()
    spaces.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Datagrams from a, to the router unless `to` says else. */
  const send = (port: number, { to = '10.211.1.2', count = 1, from = 'a' } = {}) =>
    sendDatagrams(spaces, { from, to, port, count })
  const nft = (rules: string) =>
    execFileSync('ip', ['netns', 'exec', spaces.realName('r'), 'nft', '-f', '-'], {
      input: `flush ruleset\n${rules}\n`,
    })
  const received = (iface: string, port: number) => (steps: readonly StepLine[]) =>
    steps.some((x) => x.func === 'netif_receive_skb' && x.iface === iface && x.tuple?.dport === port)
  const dropped = (count: number) => (steps: readonly StepLine[]) =>
    steps.filter(({ func }) => func === 'kfree_skb').length >= count

  /** The places of one packet through a veth pair, from its sender's queue to the other's stack. */
  const across = (from: string, to: string) => [
    `net_dev_queue ${from}`,
    `net_dev_start_xmit ${from}`,
    `netif_rx ${to}`,
    `netif_receive_skb ${to}`,
  ]

  test('ping: the request there and the reply back, each step in order, with namespaces and names', {
    skip: noPing,
  }, async () => {
    const traced = await Traced.start('icmp', 'and', 'host', '10.211.1.1')
    execFileSync('ip', ['netns', 'exec', spaces.realName('a'), 'ping', '-c', '1', '-W', '5', '10.211.1.2'])
    await traced.until((steps) => steps.some((x) => x.func === 'netif_receive_skb' && x.iface === 'a0'))
    const { steps, total } = await traced.stop()
    const of = (message: string) => steps.filter(({ tuple }) => tuple?.message === message)
    assertWay(steps, [...across('a0', 'ra'), ...across('ra', 'a0')])
    assertWay(of('echo request'), across('a0', 'ra'))
    assertWay(of('echo reply'), across('ra', 'a0'))
    const [first] = of('echo request')
    assert.deepEqual(
      [first!.func, first!.netns, first!.netns_name, first!.iface, first!.ifindex, first!.process],
      ['net_dev_queue', inode.a, spaces.realName('a'), 'a0', spaces.index('a', 'a0'), 'ping'],
    )
    assert.deepEqual(first!.tuple, {
      saddr: '10.211.1.1',
      daddr: '10.211.1.2',
      proto: 'icmp',
      message: 'echo request',
    })
    // 56 bytes behind 8, 20 and 14; the Ethernet header is gone where the stack takes it.
    assert.equal(first!.len, 98)
    assert.equal(of('echo request').find(({ func }) => func === 'netif_receive_skb')!.len, 84)
    assert.equal(of('echo reply').find(({ iface }) => iface === 'ra')!.netns, inode.r)
    assert.ok(steps.every((step, i) => i === 0 || step.time >= steps[i - 1]!.time))
    assert.deepEqual([total.lost, total.by, total.steps], [0, 'stop', steps.length])
  })

  /** Connects from a to a port of r at which the kernel listens: a SYN, its answer and an ACK, and nothing else until it is closed. */
  const connectTcp = (port: number): (() => void) => {
    const listener = spaces.inside('r', () => libc.socket(AF_INET, SOCK_STREAM, 0))
    const caller = spaces.inside('a', () => libc.socket(AF_INET, SOCK_STREAM, 0))
    const close = () => {
      libc.close(caller)
      libc.close(listener)
    }
    const address = sockaddr(AF_INET, parseAddress('10.211.1.2')!, port)
    const isConnected =
      libc.bind(listener, address, address.length) === 0 &&
      libc.syscall(LISTEN, listener, 1, 0, 0, 0, 0) === 0 &&
      libc.connect(caller, address, address.length) === 0
    if (isConnected) return close
    close()
    throw new Error(`no connection: errno ${libc.errno()}`)
  }

  test('TCP: SYN, SYN-ACK and ACK, in the columns of a terminal with --tcp-flags', async () => {
    const lines = await Traced.start('-f', 'table', '--tcp-flags', '--timestamp', 'relative', 'tcp', 'port', '6201')
    const close = connectTcp(6201)
    close()
    lines.child.kill('SIGINT')
    const { stdout, code } = await lines.end
    assert.equal(code, 0)
    const [title = '', ...rest] = stdout.trimEnd().split('\n')
    assert.match(title, /^TIME +SKB +CPU +PROCESS +NETNS +MARK +IFACE +PROTO +MTU +LEN +TUPLE +FUNC$/)
    const queued = rest.filter((line) => line.endsWith(' net_dev_queue'))
    const [syn = '', answer = '', ack = ''] = queued
    assert.match(syn, / 0x0800 1500 +74 +10\.211\.1\.1:\d+->10\.211\.1\.2:6201\(tcp:SYN\) +net_dev_queue$/)
    assert.match(answer, / 10\.211\.1\.2:6201->10\.211\.1\.1:\d+\(tcp:SYN,ACK\) /)
    assert.match(ack, / 10\.211\.1\.1:\d+->10\.211\.1\.2:6201\(tcp:ACK\) /)
    assert.match(syn, new RegExp(` ${spaces.realName('a')} +0 +a0:\\d+ `))
  })

  test('a datagram to a closed port: NO_SOCKET, and in which function; the end is of that buffer', async () => {
    const traced = await Traced.start('udp', 'port', '6301')
    send(6301)
    await traced.until(dropped(1))
    const { steps } = await traced.stop()
    assertWay(steps, [...across('a0', 'ra'), 'kfree_skb ra'])
    const drop = steps.find(({ func }) => func === 'kfree_skb')!
    assert.equal(drop.reason, 'NO_SOCKET')
    assert.match(drop.dropped_in ?? '', /^__udp4_lib_rcv\+0x[0-9a-f]+$/)
    assert.deepEqual([drop.netns, drop.pid, drop.skb], [inode.r, process.pid, steps[0]!.skb])
  })

  test('a firewall: NETFILTER_DROP in nft_do_chain, and nothing behind it', { skip: noNft }, async () => {
    nft('table ip t {\nchain c { type filter hook input priority 0; udp dport 6302 drop; }\n}')
    try {
      const traced = await Traced.start('-n', 'udp', 'port', '6302')
      send(6302)
      await traced.until(dropped(1))
      // What passes the firewall goes on meanwhile, and is not told.
      send(6100)
      const { steps, stderr } = await traced.stop()
      assertWay(steps, [...across('a0', 'ra'), 'kfree_skb ra'])
      const last = steps.at(-1)!
      assert.deepEqual(
        [last.func, last.reason, last.netns, last.netns_name],
        ['kfree_skb', 'NETFILTER_DROP', inode.r, undefined],
      )
      assert.match(last.dropped_in ?? '', /^nft_do_chain\+0x[0-9a-f]+$/)
      assert.match(stderr, /refused in the kernel/)
    } finally {
      nft('')
    }
  })

  test('forwarded: one packet through three namespaces, in order', async () => {
    const traced = await Traced.start('--track-skb', 'udp', 'port', '6100', 'and', 'host', '10.211.2.1')
    send(6100, { to: '10.211.2.1' })
    await traced.until(received('b0', 6100))
    const { steps } = await traced.stop()
    assertWay(steps, [...across('a0', 'ra'), ...across('rb', 'b0')])
    assert.equal(new Set(steps.map(({ packet }) => packet)).size, 1)
    const spacesOf = steps.map(({ netns }) => netns).filter((each) => each !== 0)
    const order = spacesOf.filter((each, i) => each !== spacesOf[i - 1])
    assert.deepEqual(order, [inode.a, inode.r, inode.b])
  })

  test('NAT: the filter fits the first address only, and the packet is followed with the second', {
    skip: noNft,
  }, async () => {
    nft('table ip n {\nchain c { type nat hook postrouting priority 100; oifname "rb" masquerade; }\n}')
    try {
      const words = ['udp', 'port', '6100', 'and', 'src', 'host', '10.211.1.1']
      const alone = await Traced.start(...words)
      const followed = await Traced.start('--track-skb', ...words)
      send(6100, { to: '10.211.2.1' })
      await followed.until(received('b0', 6100))
      const { steps } = await followed.stop()
      const { steps: before } = await alone.stop()
      assert.ok(
        before.length > 0 && before.every(({ iface }) => iface === 'a0' || iface === 'ra'),
        'without --track-skb',
      )
      assertWay(steps, [...across('a0', 'ra'), ...across('rb', 'b0')])
      assert.equal(new Set(steps.map(({ packet }) => packet)).size, 1)
      const sources = steps
        .filter(({ iface }) => iface !== undefined)
        .map(({ iface, tuple }) => `${iface} ${tuple!.saddr}`)
      assert.deepEqual([...new Set(sources)], ['a0 10.211.1.1', 'ra 10.211.1.1', 'rb 10.211.2.2', 'b0 10.211.2.2'])
    } finally {
      nft('')
    }
  })

  test('what is chosen, in the kernel: --func, --ifname, --netns by name, path and inode, --mark', async () => {
    const filter = ['udp', 'port', '6303']
    const name = spaces.realName('r')
    const start = (...flags: readonly string[]) => Traced.start(...flags, ...filter)
    const [func, ifname, byName, byPath, byInode, mark] = await Promise.all([
      start('--func', 'net_dev_.*'),
      start('--ifname', 'a0'),
      start('--netns', name),
      start('--netns', `/run/netns/${name}`),
      start('--netns', `inode:${inode.r}`),
      start('--mark', '0x10/0xf0'),
    ])
    send(6303)
    const marked = spaces.inside('a', () => libc.socket(AF_INET, 2, 0))
    assert.equal(libc.setsockopt(marked, SOL_SOCKET, SO_MARK, Int32Array.of(0x1f), 4), 0)
    const address = sockaddr(AF_INET, parseAddress('10.211.1.2')!, 6303)
    assert.equal(libc.connect(marked, address, address.length), 0)
    assert.equal(libc.write(marked, new Uint8Array(700), 700), 700)
    libc.close(marked)
    for (const each of [byName, byPath, byInode]) await each.until(dropped(2))
    const placesOf = async (traced: Traced) => [...new Set((await traced.stop()).steps.map(placeOf))]
    assert.deepEqual(await placesOf(func), ['net_dev_queue a0', 'net_dev_start_xmit a0', 'net_dev_xmit ra'])
    assert.deepEqual(await placesOf(ifname), ['net_dev_queue a0', 'net_dev_start_xmit a0'])
    for (const each of [byName, byPath, byInode]) {
      const { steps } = await each.stop()
      assert.deepEqual([...new Set(steps.map(({ netns }) => netns))], [inode.r])
      assert.equal(steps.filter(({ func }) => func === 'kfree_skb').length, 2)
    }
    const { steps, total } = await mark.stop()
    // A mark stays with its packet until that leaves the namespace.
    assert.deepEqual(new Set(steps.map(({ mark, netns }) => `${mark} ${netns}`)), new Set([`${0x1f} ${inode.a}`]))
    assert.ok(steps.every(({ len }) => len >= 700))
    assert.ok(total.refused > 0, `${total.refused} refused`)
  })

  test('more of each step: --meta, --caller, --stack', async () => {
    const meta = ['--meta', 'skb->len', '--meta', 'skb->dev->ifindex', '--meta', 'skb->mark']
    const traced = await Traced.start(...meta, '--caller', '--stack', 'udp', 'port', '6304')
    send(6304)
    await traced.until(dropped(1))
    const { steps } = await traced.stop()
    const [queue] = steps
    assert.deepEqual(queue!.meta, { 'skb->len': 62, 'skb->dev->ifindex': spaces.index('a', 'a0'), 'skb->mark': 0 })
    const drop = steps.find(({ func }) => func === 'kfree_skb')!
    assert.match(drop.caller ?? '', /^\w+\+0x[0-9a-f]+$/)
    assert.ok(
      drop.stack!.some((frame) => frame.startsWith('__udp4_lib_rcv+0x')),
      JSON.stringify(drop.stack),
    )
  })

  test('ends: --limit, --duration, a reader that has enough, Ctrl-C with totals', async () => {
    const limited = await Traced.start('--limit', '3', 'udp', 'port', '6305')
    send(6305, { count: 3 })
    const { code, stdout, stderr } = await limited.end
    assert.deepEqual([code, stepsOf(stdout).length, endOf(stdout).by], [0, 3, 'limit'])
    assert.match(stderr, /^3 steps of [\d,]+ seen in [\d.]+ m?s \(--limit\)/m)

    const timed = await Traced.start('--duration', '1s', 'udp', 'port', '6305')
    assert.deepEqual([(await timed.end).code, endOf((await timed.end).stdout).by], [0, 'duration'])

    const piped = startShell('sonde trace --tier tp_btf -q -f table udp port 6305 | head -3')
    const seen = ended(piped)
    const sending = setInterval(() => send(6305), 50)
    const head = await seen
    clearInterval(sending)
    assert.deepEqual([head.code, head.stderr, head.stdout.trimEnd().split('\n').length], [0, '', 3])

    const stopped = await Traced.start('udp', 'port', '6305')
    send(6305, { count: 4 })
    await stopped.until(dropped(4))
    const { steps, total, stderr: told } = await stopped.stop()
    assert.deepEqual([total.steps, total.by, total.lost], [steps.length, 'stop', 0])
    assert.match(told, /^[\d,]+ steps of [\d,]+ seen in [\d.]+ m?s/m)
    assert.match(told, /^Lost in the ring: nothing\.$/m)
  })

  test('recorded, and read again: the same lines; routes of --summary of both', async () => {
    const file = join(folder, 'trace.ndjson')
    const traced = await Traced.start('--track-skb', '-o', file, 'udp', 'port', '6306')
    send(6306, { count: 5 })
    for (let tries = 0; tries < 500 && !dropped(5)(stepsOf(readFileSync(file, 'utf8'))); tries++) await sleep(20)
    traced.child.kill('SIGINT')
    const { code, stdout, stderr } = await traced.end
    assert.deepEqual([code, stdout], [0, ''], stderr)
    const recorded = readFileSync(file, 'utf8')
    assert.equal(stepsOf(recorded).filter(({ func }) => func === 'kfree_skb').length, 5)
    const again = sonde(['trace', '-i', file, '-f', 'ndjson'])
    assert.equal(again.code, 0, again.stderr)
    // Its end has the span of the steps, not that of the run.
    const steps = (text: string) => text.trimEnd().split('\n').slice(0, -1)
    assert.deepEqual(steps(again.stdout), steps(recorded))
    const [told, was] = [endOf(again.stdout), endOf(recorded)]
    assert.deepEqual([told.steps, told.lost, told.by], [was.steps, was.lost, 'end'])
    const drops = sonde(['trace', '-i', file, '-f', 'ndjson', '--func', 'kfree_skb'])
    assert.deepEqual(
      stepsOf(drops.stdout).map(({ func, reason }) => `${func} ${reason}`),
      new Array(5).fill('kfree_skb NO_SOCKET'),
    )
    const summary = sonde(['trace', '-i', file, '--summary', '-f', 'table'])
    assert.equal(summary.code, 0, summary.stderr)
    assert.match(summary.stdout, /5 packets/)
    assert.match(summary.stdout, /NO_SOCKET/)
  })

  test('a ring that is full: what was lost is counted and said', async () => {
    const traced = await Traced.start('udp', 'port', '6307')
    traced.child.kill('SIGSTOP')
    // Some 7 steps each, of 250 bytes or more: more than a ring of 32 MiB holds.
    send(6307, { count: 40_000 })
    traced.child.kill('SIGCONT')
    const { total, steps, stderr } = await traced.stop()
    assert.ok(total.lost > 0, stderr)
    assert.equal(total.steps, steps.length)
    assert.equal(total.steps + total.lost, total.seen - total.refused)
    assert.match(stderr, /^Lost in the ring, which was full: [\d,]+ steps\./m)
  })

  test('kill -9 leaves nothing attached', async () => {
    const traced = await Traced.start('udp', 'port', '6308')
    const ids = programsOf(traced.child.pid!)
    assert.ok(ids.length > 0)
    traced.child.kill('SIGKILL')
    await traced.end
    // The kernel takes programs off behind a grace period.
    for (let tries = 0; tries < 250 && ids.some(isProgramLoaded); tries++) await sleep(20)
    assert.deepEqual(ids.filter(isProgramLoaded), [])
  })

  test('what can not be: exit codes 2 and 5, one line and what to do', async () => {
    const wrong = sonde(['trace', 'udp', 'prot', '53'])
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /prot/)
    assert.match(wrong.stderr, /^ *\^+$/m)
    const none = sonde(['trace', '--netns', 'no-such'])
    assert.equal(none.code, 2)
    assert.match(none.stderr, /no-such/)
    const field = sonde(['trace', '--meta', 'skb->no_such'])
    assert.equal(field.code, 2)
    assert.match(field.stderr, /no_such/)
  })
})

/** Numbers of the programs that a process holds, by the kernel's own account. */
function programsOf(pid: number): number[] {
  const folder = `/proc/${pid}/fdinfo`
  const texts = readdirSync(folder).map((fd) => readFileSync(join(folder, fd), 'utf8'))
  return texts.flatMap((text) => [...text.matchAll(/^prog_id:\t(\d+)$/gm)].map(([, id]) => Number(id)))
}

test('a user without rights: exit code 5, one line, and what to do', { skip: noNamespaces }, async (t) => {
  const nobody = { uid: NOBODY, gid: NOBODY }
  if (spawnSync(process.execPath, ['-e', '0'], { ...nobody, cwd: repositoryRoot }).status !== 0) {
    t.skip('another user can not run node here')
    return
  }
  const child = spawn(process.execPath, [builtSonde(), 'trace', '--duration', '1s'], {
    ...nobody,
    cwd: '/',
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { stdout, stderr, code } = await ended(child)
  assert.deepEqual([stdout, code], ['', 5], stderr)
  assert.match(stderr, /CAP_BPF/)
  assert.equal(stderr.trim().split('\n').length, 2, stderr)
})
