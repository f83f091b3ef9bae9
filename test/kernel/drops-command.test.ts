// As root, in network namespaces of its own: `sonde drops --input kernel:` as a person and a program see it, and as one who is not
// permitted to.

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { binPath, cleanEnvironment, ended, sonde, startSonde } from '../helpers/cli.ts'
import { noDrops, sendDatagrams } from '../helpers/heard-drops.ts'
import { Namespaces } from '../helpers/namespaces.ts'
import { noTerminal, Pane, withTerminals } from '../helpers/pane.ts'

const noJq = spawnSync('jq', ['--version']).error ? 'the program `jq` is not there' : false
const noNft = spawnSync('nft', ['--version']).error ? 'the program `nft` is not there' : false
const NOBODY = 65534

interface Line {
  readonly kind: string
  readonly packets: number
  readonly reason: string | null
  readonly linux_reason: string | null
  readonly function: string | null
  readonly port: string | null
  readonly src: string | null
  readonly dst: string | null
  readonly service_port: number | null
  readonly keys: Readonly<Record<string, unknown>>
}

const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

describe('sonde drops --input kernel:', { skip: noDrops }, () => {
  const spaces = new Namespaces()
  let inode = 0

  before(() => {
    spaces.make('a', 'b')
    spaces.veth('a', 'a0', 'b', 'b0')
    spaces.ip('a', 'addr', 'add', '10.1.0.1/24', 'dev', 'a0')
    spaces.ip('b', 'addr', 'add', '10.1.0.2/24', 'dev', 'b0')
    inode = statSync(`/run/netns/${spaces.realName('b')}`).ino
    sendDatagrams(spaces, { from: 'a', to: '10.1.0.2', port: 9, count: 1 })
  })
  after(() => spaces.remove())

  const send = (port: number, count: number) => sendDatagrams(spaces, { from: 'a', to: '10.1.0.2', port, count })

  /** Starts it, waits until it hears, sends, and ends it as Ctrl-C does. One window: the minute may end meanwhile. */
  async function run(args: readonly string[], work: () => void) {
    const child = startSonde(['drops', '--input', 'kernel:', '--window', 'all', ...args])
    const end = ended(child)
    await new Promise<void>((resolve) => {
      child.stderr!.on('data', (bytes: Buffer) => {
        if (bytes.toString().includes('Hearing of packets')) resolve()
      })
      child.once('close', () => resolve())
    })
    work()
    await new Promise((resolve) => setTimeout(resolve, 300))
    child.kill('SIGINT')
    return end
  }

  test('NDJSON: why, in which function, where, whose, and while which process ran', async () => {
    const { stdout, stderr, code } = await run(
      [
        '--netns',
        spaces.realName('b'),
        '-f',
        'ndjson',
        '--by',
        'reason,place,victim',
        '-k',
        'netns,netnsname,process,pid',
      ],
      () => send(7777, 200),
    )
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^Hearing of packets that this host's kernel drops, by (tp_btf|raw_tp)/)
    const [line, ...rest] = linesOf(stdout)
    assert.deepEqual(
      [line!.kind, line!.packets, line!.reason, line!.linux_reason, line!.function],
      ['drop', 200, 'port_unreachable', 'NO_SOCKET', '__udp4_lib_rcv'],
    )
    assert.deepEqual(
      [line!.port, line!.src, line!.dst, line!.service_port],
      [`${spaces.realName('b')}/b0`, '10.1.0.1', '10.1.0.2', 7777],
    )
    assert.equal(line!.keys.netns, inode)
    assert.equal(line!.keys.netnsname, spaces.realName('b'))
    assert.equal(line!.keys.pid, process.pid)
    assert.deepEqual(
      rest.filter((x) => x.kind === 'drop' || x.kind === 'not_told'),
      [],
    )
  })

  test('a firewall is told by its rule’s function; filter, inode and jq', { skip: noNft || noJq }, async () => {
    const rules = 'table ip t {\nchain c { type filter hook input priority 0; udp dport 5555 drop; }\n}\n'
    execFileSync('ip', ['netns', 'exec', spaces.realName('b'), 'nft', '-f', '-'], { input: rules })
    const filter = 'linuxreason=NETFILTER_DROP'
    const { stdout } = await run(['--netns', `inode:${inode}`, '-f', 'ndjson', '--filter', filter], () => {
      send(5555, 50)
      send(7777, 20)
    })
    execFileSync('ip', ['netns', 'exec', spaces.realName('b'), 'nft', 'flush', 'ruleset'])
    const jq = 'select(.kind=="drop") | "\\(.packets) \\(.reason) \\(.function)"'
    assert.equal(execFileSync('jq', ['-r', jq], { input: stdout, encoding: 'utf8' }), '50 acl nft_do_chain\n')
  })

  test('--fail-if, --format pcap, --duration', async () => {
    const failed = await run(['--netns', spaces.realName('b'), '--fail-if', 'reasons.port_unreachable>10'], () =>
      send(7778, 30),
    )
    assert.equal(failed.code, 4)
    const child = startSonde(
      ['drops', '-i', 'kernel:', '--netns', spaces.realName('b'), '-f', 'pcap', '--duration', '2s'],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const parts: Buffer[] = []
    child.stdout!.on('data', (bytes: Buffer) => parts.push(bytes))
    await new Promise<void>((resolve) => child.stderr!.once('data', () => resolve()))
    send(7779, 3)
    await new Promise((resolve) => child.once('close', resolve))
    const capture = Buffer.concat(parts)
    // Section header of pcapng, then packets with their reason and function.
    assert.equal(capture.subarray(0, 4).toString('hex'), '0a0d0d0a')
    assert.equal(capture.toString('latin1').split('NO_SOCKET in __udp4_lib_rcv').length - 1, 3)
  })

  test('nothing dropped is said', async () => {
    const quiet = new Namespaces()
    quiet.make('quiet')
    try {
      const { stderr, code } = await run(['--netns', quiet.realName('quiet'), '-f', 'table'], () => {})
      assert.equal(code, 0)
      assert.match(stderr, /^No packet was dropped\.$/m)
    } finally {
      quiet.remove()
    }
  })

  test('who may not is told so in one line, exit code 5', async () => {
    const child = spawn(process.execPath, [binPath, 'drops', '-i', 'kernel:', '-f', 'ndjson', '--duration', '1s'], {
      env: cleanEnvironment(),
      uid: NOBODY,
      gid: NOBODY,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const { stdout, stderr, code } = await ended(child)
    assert.equal(stdout, '')
    assert.match(stderr, /^Programs may not be put into this kernel: this user has not CAP_BPF/)
    assert.equal(stderr.trim().split('\n').length, 2)
    assert.equal(code, 5)
  })

  test('a namespace that there is not: exit code 2', () => {
    const { stderr, code } = sonde(['drops', '-i', 'kernel:', '--netns', 'no-such', '-f', 'ndjson'])
    assert.match(stderr, /^--netns "no-such": there is no such network namespace\./)
    assert.equal(code, 2)
  })

  describe('in a terminal', { skip: noTerminal }, () => {
    withTerminals()

    test('a screen: live, ranked, with names; ↵ shows the function', async () => {
      const pane = new Pane(`sonde drops -i kernel: --netns ${spaces.realName('b')}`, 120, 30)
      try {
        await pane.until(/No packet was dropped in/)
        assert.equal(pane.modes().otherScreen, true)
        send(7780, 40)
        send(53, 10)
        // It may be shown once between the two.
        const text = await pane.until(/ 50 drops/)
        assert.match(text, /total/)
        assert.match(text, /40\s+port_unreachable\s+\S+ sonde-\d+-\d+-b\/b0\s+10\.1\.0\.1 → 10\.1\.0\.2:7780 UDP/)
        assert.match(text, /10\s+port_unreachable\s+\S+ sonde-\d+-\d+-b\/b0\s+10\.1\.0\.1 → 10\.1\.0\.2:53 UDP/)
        pane.keys('Enter')
        assert.match(await pane.until(/NO_SOCKET/), /40 × NO_SOCKET in __udp4_lib_rcv/)
        pane.keys('q')
        await pane.until(/exit 0/)
      } finally {
        pane.close()
      }
    })
  })
})
