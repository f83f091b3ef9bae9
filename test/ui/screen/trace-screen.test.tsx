// The screen of `sonde trace` as it is drawn by ink: packets, their routes, at the sizes that terminals have.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { coloursOfLevel } from '../../../src/lib/ui/colour.ts'
import type { TraceState } from '../../../src/lib/ui/trace/state.ts'
import { TracePage } from '../../../src/lib/ui/trace-screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import { show } from './show.tsx'
import { dropped, head, ping, some, step, tuple, Watched } from './trace-steps.ts'

const up = '\u001b[A'
const down = '\u001b[B'
const home = '\u001b[H'
const end = '\u001b[F'

const shown = (t: TestContext, columns: number, rows: number, level: 0 | 1 = 0) =>
  show<TraceState>(t, new TracePage({ utc: true }), columns, rows, level)

test('80 columns: the list alone, which follows the newest', async (t) => {
  const screen = shown(t, 80, 12)
  screen.feed.snapshot(some(new Watched()))
  assert.deepEqual(await screen.lines(), [
    ' tp_btf: 23 tracepoints        0s      230 steps/s  refused 12,000  lost 0',
    ' port https · not kprobe.multi: EOPNOTSUPP, this kernel has no fprobe',
    ' TIME▾        PACKET                            STEPS    TOOK CAME TO',
    ' 21:40:00.050 tcp 2001:db8::7:1→[2001:d…42]:443     3 9.90 µs consume_skb',
    ' 21:40:00.060 tcp 192.168.67.5→54.190.1….38:443     5 14.5 µs ✗ NETFILTER_DROP',
    ' 21:40:00.070 tcp 2001:db8::7:1→[2001:d…42]:443     3 9.90 µs consume_skb',
    ' 21:40:00.080 tcp 2001:db8::7:1→[2001:d…42]:443     3 9.90 µs consume_skb',
    ' 21:40:00.090 tcp 192.168.67.5→54.190.1….38:443     5 14.5 µs ✗ NETFILTER_DROP',
    ' 21:40:00.100 tcp 2001:db8::7:1→[2001:d…42]:443     3 9.90 µs consume_skb',
    '▸21:40:00.110 tcp 2001:db8::7:1→[2001:d…42]:443     3 9.90 µs consume_skb',
    ' 6–12 of 12 · follows the newest',
    ' ↵ packet f filter d dropped r routes s sort n notes space freeze ? help q quit',
  ])
})

test('120 columns: the route of the chosen packet stands beside the list', async (t) => {
  const screen = shown(t, 120, 12)
  screen.feed.snapshot(some(new Watched()))
  await screen.keys(home)
  assert.deepEqual((await screen.lines()).slice(2), [
    ' PACKET                              STEPS  CAME TO            │ tcp 192.168.67.5:38930 → 54.190.130.38:443 SYN · ✗ NE…',
    '▸tcp 192.168.67.5→54.190.130.38:443      5  ✗ NETFILTER_DROP   │    AFTER        FUNCTION                CHANGED',
    ' tcp 2001:db8::7:1→[2001:db…42]:443      3  consume_skb        │                 ip_local_out            [blue]  len 60',
    ' tcp 2001:db8::7:1→[2001:db…42]:443      3  consume_skb        │   812 ns ▍      __ip_local_out',
    ' tcp 192.168.67.5→54.190.130.38:443      5  ✗ NETFILTER_DROP   │   888 ns ▍      nf_hook_slow            [eth0]',
    ' icmp 10.1.0.1 → 10.1.0.2 echo req…      5  consume_skb        │  12.5 µs █████▏ ✗ kfree_skb_reason NETFILTER_DROP  in…',
    ' tcp 2001:db8::7:1→[2001:db…42]:443      3  consume_skb        │   300 ns ▏      skb_release_head_state',
    ' tcp 192.168.67.5→54.190.130.38:443      5  ✗ NETFILTER_DROP   │',
    ' 1–7 of 12 · End: the newest',
    ' ↵ packet  f filter  d dropped  r routes  s sort  n notes  space freeze  ? help  q quit',
  ])
})

test('a packet: through two namespaces, with all of the chosen step', async (t) => {
  const screen = shown(t, 80, 20)
  screen.feed.snapshot(some(new Watched()))
  await screen.keys(home, down, down, down, down, '\r', down, down)
  assert.deepEqual((await screen.lines()).slice(2), [
    ' icmp 10.1.0.1 → 10.1.0.2 echo request · 5 steps in 1.01 ms',
    '    AFTER        FUNCTION            CHANGED',
    '                 net_dev_queue       [blue eth0]  len 98',
    '  1.50 µs ▏      net_dev_start_xmit',
    '▸ 2.50 µs ▏      netif_rx            [red veth1]  len 98→84  mark 0→0x2a',
    '  1.00 ms ██████ netif_receive_skb   cpu 1',
    '  6.00 µs ▏      consume_skb',
    '',
    '── step 3 of 5 ─────────────────────────────────────────────────────────────────',
    ' netif_rx (tracepoint)',
    ' time 21:40:00.040004 UTC, +2.50 µs, 4.00 µs since the first',
    ' tuple icmp 10.1.0.1 → 10.1.0.2 echo request   skb 0xffff970bc5f56c00   cpu 0',
    ' process ping:811   netns red (inode 4026532700)   iface veth1 (7)   mark 0x2a',
    ' proto 0x0800 IPv4   mtu 1500   len 84',
    '',
    '',
    '',
    ' ↑ ↓ step  ↵ all of it  ⌫ back  space freeze  ? help  q quit',
  ])
})

test('a dropped packet opens at its drop, with what the reason means', async (t) => {
  const screen = shown(t, 80, 24)
  screen.feed.snapshot(some(new Watched()))
  await screen.keys(home, '\r')
  const text = (await screen.lines()).join('\n')
  assert.match(text, /^ tcp 192\.168\.67\.5:38930 → 54\.190\.130\.38:443 SYN · ✗ NETFILTER_DROP · 5 steps in…$/m)
  assert.match(text, /^▸ 12\.5 µs █████▏ ✗ kfree_skb_reason NETFILTER_DROP {2}in nft_do_chain\+0x3e8$/m)
  assert.match(text, /^── step 4 of 5 ─/m)
  assert.match(text, /^ ✗ NETFILTER_DROP$/m)
  assert.match(text, /^ dropped in nft_do_chain\+0x3e8$/m)
  assert.match(text, /^ An access list or firewall rule/m)
})

test('a step with stack, caller and meta: below as much as there is room, all on its own page', async (t) => {
  const screen = shown(t, 80, 20)
  const watched = new Watched()
  watched.eye.begin(head)
  const stack = Array.from({ length: 20 }, (_, n) => `frame_${n}+0x${n}`)
  const meta = { 'skb->mark': 7n, 'skb->dev->ifindex': null }
  screen.feed.snapshot(watched.add([step(0, 'ip_rcv', { stack, meta, caller: 'ip_list_rcv+0x9e' })]))
  await screen.keys('\r')
  const page = await screen.lines()
  assert.match(page[4]!, /^▸ +ip_rcv +\[blue eth0\] {2}len 60 {2}← ip_list_rcv\+0x9e$/)
  assert.equal(page.at(-2), ' … 20 more lines, ↵ shows them')
  await screen.keys('\r')
  const all = await screen.lines()
  assert.equal(all[3], ' step 1 of 1')
  assert.match(all.join('\n'), /skb->mark 7 \(0x7\)\n skb->dev->ifindex - \(a pointer on the way is null\)/)
  await screen.keys(end)
  assert.match((await screen.lines()).join('\n'), /^ {3}frame_19\+0x19$/m)
})

describe('what is listed', () => {
  const rows = async (screen: ReturnType<typeof shown>) =>
    (await screen.lines()).slice(3, -2).filter((line) => line !== '')

  test('d: only dropped ones; f and /: words, all of which must be there; !word must not', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(some(new Watched()))
    await screen.keys('d')
    assert.equal((await rows(screen)).length, 4)
    assert.equal((await screen.lines()).at(-2), ' 4 packets · follows the newest · only dropped ones · of 12 packets')
    await screen.keys('d', '/', ...'red PING', '\r')
    assert.deepEqual(await rows(screen), ['▸21:40:00.040 icmp 10.1.0.1 → 10.1.0.2 echo re…     5 1.01 ms consume_skb'])
    await screen.keys('f', '\u0015', ...'!:50001 ack', '\r')
    assert.equal((await rows(screen)).length, 6)
    assert.equal((await screen.lines()).at(-2), ' 6 packets · follows the newest · with “!:50001 ack” · of 12 packets')
  })

  test('s: the longest time first, most steps, the largest, as they came', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(some(new Watched()))
    await screen.keys('s')
    assert.match((await screen.lines())[2]!, / {3}▾TOOK CAME TO$/)
    assert.match((await screen.lines())[3]!, /^▸21:40:00\.040 icmp/)
    await screen.keys('s')
    assert.match((await rows(screen))[0]!, /^▸21:40:00\.000 tcp 192/)
    await screen.keys('s')
    assert.match((await rows(screen))[0]!, /^▸21:40:00\.040 icmp/)
    await screen.keys('s')
    assert.match((await rows(screen)).at(-1)!, /^▸21:40:00\.110/)
  })

  test('what is chosen, and what is in sight, stays while packets come; End follows again', async (t) => {
    const screen = shown(t, 80, 12)
    const watched = new Watched()
    screen.feed.snapshot(some(watched))
    await screen.keys(up, up)
    const before = await rows(screen)
    assert.match(before[4]!, /^▸21:40:00\.090/)
    for (let n = 0; n < 30; n++) {
      const at = 200_000_000 + n * 1_000_000
      screen.feed.snapshot(watched.add(dropped(at, { skb: `0xffff9999000${(0x10000 + n).toString(16)}` })))
      assert.deepEqual(await rows(screen), before)
    }
    assert.equal((await screen.lines()).at(-2), ' 6–12 of 42 · End: the newest')
    await screen.keys(end)
    assert.match((await rows(screen)).at(-1)!, /^▸21:40:00\.229 /)
    screen.feed.snapshot(watched.add(ping(300_000_000, '0xffff777700000000')))
    assert.match((await rows(screen)).at(-1)!, /^▸21:40:00\.300 icmp/)
  })

  test('a packet that the list lets go stays on its page', async (t) => {
    const screen = shown(t, 80, 20)
    const watched = new Watched()
    screen.feed.snapshot(some(watched))
    await screen.keys(home, '\r')
    const before = await screen.lines()
    for (let n = 0; n < 13_000; n++) {
      watched.eye.step(step(20_000_000_000 + n * 1000, 'ip_rcv', { skb: `0x${(0x10_000_000 + n).toString(16)}` }))
    }
    const state = watched.add([])
    assert.ok(state.rows.length <= 11_250, `${state.rows.length} rows`)
    assert.equal(state.packets, 13_012)
    assert.equal(state.rows.length + state.letGo, state.packets)
    screen.feed.snapshot(state)
    assert.deepEqual((await screen.lines()).slice(2), before.slice(2))
    await screen.keys('\u007f')
    assert.match((await screen.lines()).at(-2)!, / · the oldest [\d,]+ of 13,012 were let go$/)
  })

  test('a recording begins at its beginning', async (t) => {
    const screen = shown(t, 80, 12)
    screen.feed.snapshot(some(new Watched('trace.ndjson')))
    const lines = await screen.lines()
    assert.match(lines[0]!, /^ trace\.ndjson · tp_btf: 23 tracepoints +110 ms +46 steps +lost 0$/)
    assert.match(lines[3]!, /^▸21:40:00\.000 /)
    assert.equal(lines.at(-2), ' 1–7 of 12')
  })
})

describe('what is said beside', () => {
  test('steps that were lost, in the head and below', async (t) => {
    const screen = shown(t, 120, 12, 1)
    const watched = new Watched()
    watched.eye.begin(head)
    screen.feed.snapshot(watched.add(dropped(0), { lost: 1234 }))
    const lines = await screen.lines()
    assert.ok(lines[0]!.endsWith(coloursOfLevel(1).bad('lost 1,234  ')), lines[0])
    assert.match(
      stripVTControlCharacters(lines.at(-2)!),
      /^ 1 packet · follows the newest · 1,234 steps found the ring full: routes have gaps\. A filter or --func makes it less\.$/,
    )
    await screen.keys('n')
    assert.match(stripVTControlCharacters((await screen.lines()).join('\n')), /^ - not kprobe\.multi: EOPNOTSUPP/m)
  })

  test('it ended: by which limit', async (t) => {
    const screen = shown(t, 100, 12)
    const watched = new Watched()
    some(watched)
    screen.feed.snapshot(watched.end('limit'))
    assert.match((await screen.lines())[0]!, /^ tp_btf: 23 tracepoints +ended: --limit +0s +46 steps +/)
  })

  const empty: [string, Parameters<Watched['add']>[1], RegExp][] = [
    ['nothing was reached', { ms: 5000, seen: 0, refused: 0 }, /^ No packet in 5 s\.$/m],
    [
      'all was refused',
      { ms: 5000, seen: 7, refused: 7 },
      /^ Watched functions were reached 7 times, and the filters refused all of them\.$/m,
    ],
  ]
  for (const [name, change, want] of empty) {
    test(`no packet: ${name}`, async (t) => {
      const screen = shown(t, 80, 24)
      const watched = new Watched()
      watched.eye.begin(head)
      screen.feed.snapshot(watched.add([], change))
      const text = (await screen.lines()).join('\n')
      assert.match(text, want)
      assert.match(text, /^ Does the filter fit\? port https$/m)
    })
  }
})

describe('routes', () => {
  test('the ways that packets went; all of one', async (t) => {
    const screen = shown(t, 100, 18)
    const watched = new Watched()
    some(watched)
    screen.feed.snapshot(watched.end('stop'))
    await screen.keys('r')
    const lines = await screen.lines()
    assert.match(lines[2]!, /^ 12 packets on 3 routes · 4 dropped/)
    // What a route's line leaves out is decided in lib/trace.
    assert.deepEqual(
      lines.slice(3, 7).map((line) => line.slice(0, 70)),
      [
        ' ▾PACKETS    SHARE   MEDIAN     MOST  CAME TO             ROUTE',
        '▸       7     58 %  9.90 µs  9.90 µs  consume_skb         [blue eth0] ',
        '        4     33 %  14.5 µs  14.5 µs  ✗ NETFILTER_DROP    [blue] ip_lo',
        '        1    8.3 %  1.01 ms  1.01 ms  consume_skb         [blue eth0] ',
      ],
    )
    for (const line of lines.slice(4, 7)) assert.match(line, / → /)
    await screen.keys(down, '\r')
    const text = (await screen.lines()).join('\n')
    assert.match(text, /^ 4 packets, 33 % · median 14\.5 µs, at most 14\.5 µs$/m)
    assert.match(text, /nft_do_chain.* ✗ NETFILTER_DROP +1[23]\S* µs/)
    assert.match(text, /e\.g\. .*192\.168\.67\.5:3893\d/)
  })

  test('counted anew once a second at most while it goes on, and when it is over', async (t) => {
    const screen = shown(t, 100, 18)
    const watched = new Watched()
    let asked = 0
    const counted = (state: TraceState): TraceState => ({
      ...state,
      routes: () => {
        asked++
        return state.routes()
      },
    })
    screen.feed.snapshot(counted(some(watched)))
    await screen.keys('r')
    assert.equal((await screen.lines())[2], ' 12 packets on 3 routes · 4 dropped · 2 not counted yet')
    for (let n = 0; n < 20; n++) screen.feed.snapshot(counted(watched.add([])))
    await screen.lines()
    assert.equal(asked, 1)
    for (let n = 0; n < 20; n++) screen.feed.snapshot(counted(watched.end('stop')))
    await screen.lines()
    assert.equal(asked, 2)
  })
})

for (const [columns, rows] of [
  [40, 8],
  [60, 10],
  [80, 24],
  [120, 40],
  [250, 80],
] as const) {
  test(`it fits ${columns} × ${rows}, whatever the names, on all pages`, async (t) => {
    const screen = shown(t, columns, rows, 1)
    const watched = new Watched()
    watched.eye.begin({ ...head, filter: `host ${'x'.repeat(300)}\u001b[2J` })
    const odd = {
      process: 'a\u001b[31m\nb',
      interfaceName: 've\u0007th',
      netnsName: '漢字\u202e',
      caller: 'x'.repeat(200),
    }
    const steps = Array.from({ length: 90 }, (_, n) =>
      step(n * 777_777, `function_${n}_${'y'.repeat(n)}`, { ...odd, mark: n, stack: ['a\nb'] }),
    )
    screen.feed.snapshot(watched.add([...steps, ...dropped(100_000_000, { ...odd, droppedIn: 'z\u009b'.repeat(60) })]))
    const pages = [[], ['\r'], [down, '\r'], ['\u007f', '\u007f', 'n'], ['?'], ['?', '\u007f', 'r'], ['\r']]
    for (const keys of pages) {
      await screen.keys(...keys)
      const lines = await screen.lines()
      assert.equal(lines.length, rows)
      for (const line of lines) {
        assert.ok(displayWidth(line) <= columns, line)
        assert.doesNotMatch(stripVTControlCharacters(line), /[\p{Cc}\u202e]/u)
      }
    }
  })
}

test('a long route in the pane: its beginning and its end', async (t) => {
  const screen = shown(t, 120, 12)
  const watched = new Watched()
  watched.eye.begin(head)
  screen.feed.snapshot(watched.add(Array.from({ length: 40 }, (_, n) => step(n * 1000, `step_${n}`))))
  const right = (await screen.lines()).map((line) => line.slice(64).trimEnd())
  assert.deepEqual(right.slice(4, 10), [
    '                 step_0    [blue eth0]  len 60',
    '  1.00 µs ▏      step_1',
    '   … 35 more steps, ↵ shows them',
    '  1.00 µs ▏      step_37',
    '  1.00 µs ▏      step_38',
    '  1.00 µs ▏      step_39',
  ])
})

test('addresses: the higher port goes first, then the middle', async (t) => {
  const screen = shown(t, 80, 10)
  const watched = new Watched()
  watched.eye.begin(head)
  const answer = { ...tuple('10.20.30.7', 443, '10.20.30.8', 'SYN,ACK'), destinationPort: 51_000 }
  const noAddress = { tuple: undefined, ethertype: 0x88cc }
  screen.feed.snapshot(
    watched.add([
      step(0, 'ip_rcv', { tuple: answer }),
      step(1, 'ip_rcv', { tuple: tuple('10.20.30.7', 51_000, '10.20.30.8'), skb: '0x2' }),
      step(2, 'lldp_rcv', { ...noAddress, skb: '0x3' }),
    ]),
  )
  assert.deepEqual(
    (await screen.lines()).slice(3, 6).map((line) => line.slice(14, 48).trimEnd()),
    ['tcp 10.20.30.7:443 → 10.20.30.8', 'tcp 10.20.30.7 → 10.20.30.8:443', '0x88cc 0x3'],
  )
})
