// As root, in network namespaces of its own: `sonde trace` as a person uses it: the firewall, forms, ends, and what is said beside.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { whyNoBpf } from '../helpers/bpf.ts'
import { ended, startShell, startSonde } from '../helpers/cli.ts'
import { Namespaces, noNamespaces } from '../helpers/namespaces.ts'

const noBpf = await whyNoBpf()
const noNft = spawnSync('nft', ['--version']).status === 0 ? false : 'needs nft'
const folder = mkdtempSync(join(tmpdir(), 'sonde-trace-'))
after(() => rmSync(folder, { recursive: true }))

/** What was told on stderr, as it comes. */
function watched(child: ReturnType<typeof startSonde>) {
  let text = ''
  child.stderr!.on('data', (bytes: Buffer) => {
    text += bytes.toString()
  })
  const end = ended(child)
  const told = async (pattern: RegExp): Promise<void> => {
    for (let i = 0; i < 1000 && !pattern.test(text) && child.exitCode === null; i++) await sleep(20)
    assert.match(text, pattern)
  }
  return { told, end }
}

describe('sonde trace', { skip: noNamespaces || noBpf }, () => {
  let spaces: Namespaces
  let netns: string
  before(() => {
    spaces = new Namespaces()
    spaces.make('a')
    netns = spaces.realName('a')
  })
  after(() => spaces?.remove())

  const inside = (...words: readonly string[]) =>
    spawnSync('ip', ['netns', 'exec', netns, ...words], { timeout: 10_000 })
  const script = (text: string) => inside(process.execPath, '-e', text)
  /** Ends when the connection is refused, or was given up. */
  const connect = () =>
    script(
      "const s = require('node:net').connect(443, '127.0.0.1'); s.on('error', () => {}); setTimeout(() => s.destroy(), 300)",
    )
  const send = () =>
    script("const s = require('node:dgram').createSocket('udp4'); s.send('x', 443, '127.0.0.1', () => s.close())")

  /** Traces until it is stopped by Ctrl-C, after `act`. */
  async function traced(args: readonly string[], act: () => void) {
    const child = startSonde(['trace', '--tier', 'tp_btf', '--netns', netns, ...args])
    const { told, end } = watched(child)
    await told(/^tp_btf: \d+ tracepoints in /m)
    act()
    child.kill('SIGINT')
    const result = await end
    assert.equal(result.code, 0, result.stderr)
    assert.match(result.stderr, /Lost in the ring: nothing\./)
    return result
  }

  const functionsOf = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.slice(line.indexOf('(tcp) ') + '(tcp) '.length).trim())

  test('nobody listens, then a firewall: the reason and the function that dropped it', { skip: noNft }, async () => {
    const open = await traced(['-f', 'table', 'tcp', 'dst', 'port', 'https'], () => connect())
    const steps = functionsOf(open.stdout)
    assert.deepEqual(steps.slice(0, 2), ['net_dev_queue', 'net_dev_start_xmit'])
    assert.ok(steps.includes('netif_receive_skb'), open.stdout)
    assert.match(steps.at(-1)!, /^kfree_skb\(NO_SOCKET\) in tcp_v4_rcv\+0x[\da-f]+$/)

    const rules =
      'add table inet t; add chain inet t o { type filter hook output priority 0; }; add rule inet t o tcp dport 443 drop'
    assert.equal(inside('nft', rules).status, 0)
    const blocked = await traced(['-f', 'table', 'tcp', 'dst', 'port', 'https'], () => connect())
    for (const each of functionsOf(blocked.stdout)) {
      assert.match(each, /^kfree_skb\(NETFILTER_DROP\) in nft_do_chain\+0x[\da-f]+$/)
    }
    assert.ok(functionsOf(blocked.stdout).length >= 1, blocked.stdout)
    assert.equal(inside('nft', 'delete table inet t').status, 0)
  })

  test('a datagram to a closed port, as NDJSON in a file, and shown again', async () => {
    const path = join(folder, 'trace.ndjson')
    await traced(['-o', path, 'udp', 'port', 'https'], () => send())
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.equal(objects[0]!.kind, 'trace')
    assert.equal(objects[0]!.filter, 'udp port https')
    assert.equal(objects.at(-1)!.kind, 'trace_end')
    const steps = objects.slice(1, -1)
    assert.equal(objects.at(-1)!.steps, steps.length)
    const drop = steps.find(({ reason }) => reason === 'NO_SOCKET')!
    assert.match(String(drop.dropped_in), /^__udp4_lib_rcv\+0x[\da-f]+$/)
    assert.equal(drop.netns_name, netns)
    assert.deepEqual(
      { ...(drop.tuple as object), sport: 0 },
      { saddr: '127.0.0.1', daddr: '127.0.0.1', sport: 0, dport: 443, proto: 'udp' },
    )

    const again = await ended(startSonde(['trace', '-i', path, '-q']))
    assert.deepEqual(again.stdout.trimEnd().split('\n').slice(0, -1), lines.slice(0, -1))
  })

  test('a limit, a duration and a reader that goes end it', async () => {
    const limited = startSonde([
      'trace',
      '--tier',
      'tp_btf',
      '--netns',
      netns,
      '--limit',
      '2',
      '-f',
      'table',
      'udp',
      'port',
      '443',
    ])
    const limit = watched(limited)
    await limit.told(/^tp_btf/m)
    send()
    const { stdout, stderr, code } = await limit.end
    assert.deepEqual([stdout.trimEnd().split('\n').length, code], [3, 0])
    assert.match(stderr, /^2 steps of [\d,]+ seen in .*\(--limit\)/m)

    const timed = await ended(
      startSonde(['trace', '--tier', 'tp_btf', '--netns', netns, '--duration', '200ms', 'udp', 'port', '443']),
    )
    assert.equal(timed.code, 0, timed.stderr)
    assert.match(timed.stdout, /"by":"duration"\}\n$/)

    const piped = startShell(`sonde trace --tier tp_btf --netns ${netns} -f table udp port 443 | head -2`)
    const head = watched(piped)
    await head.told(/^tp_btf/m)
    let isOver = false
    void head.end.finally(() => {
      isOver = true
    })
    // The second line ends the reader; what is written behind it ends the trace.
    for (let i = 0; i < 50 && !isOver; i++) {
      send()
      await sleep(50)
    }
    const result = await head.end
    assert.deepEqual([result.stdout.trimEnd().split('\n').length, result.code], [2, 0])
  })

  test('names that this kernel has not are told with those near', async () => {
    const wrong = await ended(startSonde(['trace', '--tier', 'tp_btf', '--func', 'kfree_skbb']))
    assert.match(wrong.stderr, /^No tracepoint of this kernel .* is named "kfree_skbb"\.\n.*Did you mean .*kfree_skb/)
    assert.equal(wrong.code, 2)
    const field = await ended(startSonde(['trace', '--tier', 'tp_btf', '--meta', 'skb->nothing']))
    assert.match(field.stderr, /^--meta is wrong: struct sk_buff of this kernel has no field "nothing"\./)
    assert.equal(field.code, 2)
  })
})
