// `sonde listen` as a program, over real loopback sockets: ends, addresses, senders, garbage.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { datagram, flow, header } from '../helpers/cards.ts'
import { ended, sonde, startShell, startSonde } from '../helpers/cli.ts'
import { garbage } from '../helpers/garbage.ts'
import { freePort, listening, opened, PatientSender, sendAll } from '../helpers/listener.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { numbered, synPacket } from '../helpers/sflow-captures.ts'
import { sendFrom, sendingSocket } from '../helpers/udp.ts'
import { UdpReceiver } from '../helpers/udp-receiver.ts'

const anyPort = 'udp://127.0.0.1:0'

interface Line {
  readonly sender: string
  readonly agent: string
  readonly datagram_sequence: number
  readonly sample_type: string
}
const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Line)
const sequences = (lines: readonly string[]) => parsed(lines).map((x) => x.datagram_sequence)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('it ends', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`by ${signal}: what came is printed, the account is told, exit code 0`, () =>
      listening(['-f', 'ndjson'], async (listener) => {
        await sendAll(
          range(1, 300).map((n) => numbered(n)),
          listener.port,
        )
        await listener.printed(300)
        const { stdout, stderr, code } = await listener.stop(signal)
        assert.deepEqual(sequences(listener.lines()), range(1, 300))
        assert.ok(stdout.endsWith('}\n'))
        assert.match(
          stderr,
          /^Listening on udp:\/\/127\.0\.0\.1:\d+ with \w+ \(.*\); receive buffer .*\.\n(The kernel grants .*\n)?[\d.]+ s: 300 datagrams \([\d.]+\/s\) of 1 agents?, 300 samples, 0 issues\.\nLost: datagrams 0, by the kernel 0, by agents themselves 0 samples\.\nWhat was lost before the first and after the last datagram of each agent is not known\.\n$/,
        )
        assert.equal(code, 0)
      }))
  }

  test('with json the array is whole, also of nothing', async () => {
    await listening(['-f', 'json'], async (listener) => {
      await sendAll(
        range(1, 50).map((n) => numbered(n)),
        listener.port,
      )
      // The last object has no newline behind it: what follows is not known.
      await listener.printed(49)
      const { stdout } = await listener.stop('SIGTERM')
      assert.equal((JSON.parse(stdout) as Line[]).length, 50)
    })
    await listening(['-f', 'json'], async (listener) => {
      assert.deepEqual(JSON.parse((await listener.stop()).stdout), [])
    })
  })

  test('the header line of csv comes at once, the rest before the end', () =>
    listening(['-f', 'csv', '--fields', 'src,dport'], async (listener) => {
      await listener.printed(1)
      await sendAll([numbered(1), numbered(2)], listener.port)
      await listener.printed(3)
      const { stdout } = await listener.stop()
      assert.equal(stdout, 'src,dport\n192.0.2.1,443\n192.0.2.1,443\n')
    }))

  test('--resample: the account says what came, and what of it was kept', () =>
    listening(['-f', 'ndjson', '--resample', '4'], async (listener) => {
      await sendAll(
        range(1, 200).map((n) => numbered(n)),
        listener.port,
      )
      await listener.read()
      const { stderr } = await listener.stop()
      const kept = listener.lines().length
      assert.ok(kept > 20 && kept < 80, `${kept} kept`)
      assert.match(stderr, /s: 200 datagrams \([\d.]+\/s\) of 1 agent, 200 samples, 0 issues\.$/m)
      const told = `Of these --resample 4 kept ${kept} datagrams with ${kept} samples; loss and issues are of all that came.`
      assert.ok(stderr.split('\n').includes(told), stderr)
      assert.match(stderr, /^Lost: datagrams 0, /m)
    }))

  test('--resample hides no damage: issues are of all that came, datagrams numbered as they came', () =>
    listening(['-f', 'ndjson', '--resample', '1000000'], async (listener) => {
      const broken = (n: number) => {
        const bytes = numbered(n)
        // The sampled header of the first record says that it is longer than its record.
        new DataView(bytes.buffer, bytes.byteOffset).setUint32(88, 65_535)
        return bytes
      }
      await sendAll([numbered(1), broken(2), numbered(3), broken(4)], listener.port)
      await listener.read()
      const { stdout, stderr } = await listener.stop()
      assert.equal(stdout, '')
      assert.match(stderr, /^datagram 2 \(.* from 127\.0\.0\.1\): samples\[0\]\.flow_records\[0\] sampled_header /m)
      assert.match(stderr, /^datagram 4 \(/m)
      assert.match(stderr, / 4 datagrams \(.* 2 issues\.$/m)
    }))

  test('by --limit: so many samples, and what came behind them is not printed', () =>
    listening(['-f', 'ndjson', '--limit', '3'], async (listener) => {
      await sendAll(
        [1, 2].map((n) => twoSamples(n)),
        listener.port,
      )
      const { code, stderr } = await listener.end()
      assert.deepEqual(sequences(listener.lines()), [1, 1, 2])
      assert.match(stderr, / 3 samples, 0 issues\.\n/)
      assert.equal(code, 0)
    }))

  test('by --duration, and says what to check where nothing came', async () => {
    const started = performance.now()
    const { stdout, stderr, code } = sonde(['listen', '-i', anyPort, '--duration', '300ms'])
    assert.ok(performance.now() - started >= 300)
    assert.deepEqual([stdout, code], ['', 0])
    assert.match(stderr, /^0\.\d s: 0 datagrams \(0\.0\/s\) of 0 agents, 0 samples, 0 issues\.$/m)
    assert.match(
      stderr,
      /^Nothing came to udp:\/\/127\.0\.0\.1:\d+\. Check that the agents send to this address and port/m,
    )
  })

  test('where its reader goes, at the next datagram, with exit code 0', async () => {
    // The listener's port is known to the sender from its stderr.
    const log = temporaryPath('stderr')
    const script = `{ sonde listen -i ${anyPort} -f ndjson 2> '${log}'; echo "exit $?" >> '${log}'; } | head -1`
    const end = ended(startShell(script))
    let port = 0
    for (; port === 0; await pause(5))
      port = existsSync(log) ? Number(/:(\d+) with/.exec(readFileSync(log, 'utf8'))?.[1] ?? 0) : 0
    const sender = await PatientSender.open(port)
    for (let n = 1; !/^exit/m.test(readFileSync(log, 'utf8')) && n < 2000; n++) {
      await sender.send(numbered(n))
      await sender.flush()
      await pause(5)
    }
    await sender.close()
    const { stdout } = await end
    assert.deepEqual(sequences(stdout.split('\n').slice(0, -1)), [1])
    assert.match(readFileSync(log, 'utf8'), /\nexit 0\n$/)
  })

  test('a second signal ends it at once, also where nobody reads', { timeout: 90_000 }, async () => {
    // Nobody reads the pipe: once it is full, writing waits for ever.
    const child = startSonde(['listen', '-i', anyPort, '-f', 'ndjson'])
    let said = ''
    child.stderr!.on('data', (data: Buffer) => {
      said += data.toString()
    })
    while (!/:(\d+) with/.test(said)) await pause(5)
    const port = Number(/:(\d+) with/.exec(said)![1])
    const socket = await sendingSocket('127.0.0.1')
    for (let n = 1; n <= 2000; n++) await sendFrom(socket, numbered(n), port, '127.0.0.1')
    socket.close()
    await pause(200)
    const exit = once(child, 'exit')
    child.kill('SIGINT')
    await pause(200)
    child.kill('SIGINT')
    const [code] = (await exit) as [number | null]
    assert.ok(code === 130 || code === 0, String(code))
  })
})

describe('--workers', () => {
  test('every line is whole and there once, whichever thread had its sender', async () => {
    const port = await freePort()
    await listening(
      ['-f', 'ndjson', '--workers', '2'],
      async (listener) => {
        const senders = await Promise.all(Array.from({ length: 8 }, () => PatientSender.open(port)))
        for (let n = 1; n <= 2000; n++) await senders[n % 8]!.send(numbered(n))
        for (const sender of senders) await sender.close()
        await listener.printed(2000)
        const { stderr, code } = await listener.stop()
        const found = sequences(listener.lines()).sort((a, b) => a - b)
        assert.deepEqual(found, range(1, 2000))
        assert.match(stderr, /s: 2,000 datagrams /)
        assert.equal(code, 0)
      },
      { inputs: [`udp://127.0.0.1:${port}`] },
    )
  })

  test('where the reader goes, all threads end, also those to which nothing comes', async () => {
    const port = await freePort()
    const log = temporaryPath('stderr')
    const command = `sonde listen -i udp://127.0.0.1:${port} -f ndjson --workers 2`
    const end = ended(startShell(`{ ${command} 2> '${log}'; echo "exit $?" >> '${log}'; } | head -1`))
    await opened(port)
    // One sender: the kernel keeps it with one thread.
    const sender = await PatientSender.open(port)
    for (let n = 1; !(existsSync(log) && /^exit/m.test(readFileSync(log, 'utf8'))) && n < 2000; n++) {
      await sender.send(numbered(n))
      await sender.flush()
      await pause(5)
    }
    await sender.close()
    await end
    assert.match(readFileSync(log, 'utf8'), /\nexit 0\n$/)
  })
})

function twoSamples(sequence_number: number): Uint8Array {
  const sample = (n: number) => flow([header(synPacket)], { sequence_number: n })
  return datagram([sample(2 * sequence_number - 1), sample(2 * sequence_number)], { sequence_number })
}

describe('--workers', () => {
  test('each thread forwards and prints what it gets; the account is of all', async () => {
    const receiver = await UdpReceiver.open()
    await listening(['-f', 'ndjson', '--workers', '2', '--forward', `127.0.0.1:${receiver.port}`], async (listener) => {
      // The kernel spreads by the sender's port: of twelve all go to one thread once in two thousand times.
      for (let sender = 0; sender < 12; sender++) {
        const socket = await sendingSocket('127.0.0.1')
        for (let n = 1; n <= 10; n++) await sendFrom(socket, numbered(sender * 10 + n), listener.port, '127.0.0.1')
        socket.close()
      }
      await listener.printed(120)
      await receiver.settle(120)
      const { stderr, code } = await listener.stop()
      assert.equal(code, 0)
      assert.deepEqual(
        sequences(listener.lines()).sort((a, b) => a - b),
        range(1, 120),
      )
      assert.match(stderr, /s: 120 datagrams /)
      assert.match(stderr, /^→ 127\.0\.0\.1:\d+: 120 datagrams\.$/m)
      assert.equal(new Set(receiver.datagrams.map((x) => Buffer.from(x).toString('hex'))).size, 120)
    })
    await receiver.close()
  })

  test('what one thread must do alone is refused', () => {
    for (const [args, said] of [
      [['--write', 'x.pcap'], "--write and --ring can't go with --workers"],
      [['--ring', '60s', '--dump-when', 'lost > 1'], "--write and --ring can't go with --workers"],
      [['--limit', '3'], "--limit can't go with --workers"],
    ] as const) {
      const { stderr, code } = sonde(['listen', '-i', anyPort, '--workers', '2', ...args])
      assert.ok(stderr.startsWith(said), stderr)
      assert.equal(code, 2)
    }
  })
})

describe('addresses', () => {
  test('a port that is in use: exit code 5, and two ways out', () =>
    listening([], async ({ port }) => {
      const { stdout, stderr, code } = sonde(['listen', '-i', `udp://127.0.0.1:${port}`])
      assert.deepEqual([stdout, code], ['', 5])
      assert.equal(
        stderr,
        `UDP port ${port} is in use.\n  Choose another port: --input udp://127.0.0.1:${port + 1}\n` +
          `  Or stop the other collector; this shows it: ss -lunp 'sport = :${port}'\n`,
      )
    }))

  test('one of several that can not be had: none is listened at', () =>
    listening([], async ({ port }) => {
      const { stderr, code } = sonde(['listen', '-i', anyPort, '-i', `udp://127.0.0.1:${port}`, '--duration', '5s'])
      assert.match(stderr, /^UDP port \d+ is in use\.\n/)
      assert.equal(code, 5)
    }))

  test('an address of another machine: exit code 5', () => {
    const { stdout, stderr, code } = sonde(['listen', '-i', 'udp://192.0.2.77:0', '--duration', '5s'])
    assert.deepEqual([stdout, code], ['', 5])
    assert.match(stderr, /^192\.0\.2\.77 is no address of this machine\.\n {2}See its addresses: ip -brief address\n/)
  })

  for (const [what, text] of [
    ['a name', 'udp://collector.example:6343'],
    ['a port beyond 65,535', 'udp://:65536'],
    ['IPv6 without brackets', 'udp://::1:6343'],
  ] as const) {
    test(`${what} is not understood: exit code 2`, () => {
      const { stdout, stderr, code } = sonde(['listen', '-i', text])
      assert.deepEqual([stdout, code], ['', 2])
      assert.match(stderr, /^--input ".*" is not understood\./)
    })
  }

  const asked = [
    ...[['capture.pcap'], ['-i', 'capture.pcap']].map((args) => ({
      args,
      said:
        'sonde listen receives at an address such as udp://:6343; "capture.pcap" is none.\n' +
        '  To read a file: sonde decode capture.pcap\n' +
        '  To send a file to a listener: sonde replay capture.pcap --to 127.0.0.1:6343\n',
    })),
    {
      args: ['--port', '9999'],
      said: 'sonde listen has no --port: the port is a part of the address.\n  Give sonde listen -i udp://:9999\n',
    },
    {
      args: ['-i', ':17361', '-i', 'udp://[::]:17361'],
      said: '--input udp://[::]:17361 was given twice.\n  Leave one of them out.\n',
    },
    {
      args: ['--groups', 'none.json'],
      said:
        '--groups is of use with --filter only: nothing else looks up in it here.\n' +
        '  Add --filter CONDITION, or leave it out. sonde help flows tells of both.\n',
    },
    {
      args: ['--fields', 'nosuch'],
      said: '"nosuch" is no attribute.\n  sonde decode --list-fields shows them all.\n',
    },
  ]
  for (const { args, said } of asked) {
    test(`${args.join(' ')}: exit code 2, and what to give instead`, () => {
      assert.deepEqual(sonde(['listen', ...args]), { stdout: '', stderr: said, code: 2 })
    })
  }

  test('[::] hears senders of both families', () =>
    listening(
      ['-f', 'ndjson'],
      async (listener) => {
        await sendAll([numbered(1)], listener.port, '127.0.0.1')
        await sendAll([numbered(2)], listener.port, '::1')
        await listener.printed(2)
        const found = parsed(listener.lines()).map((x) => [x.sender, x.datagram_sequence])
        assert.deepEqual(found, [
          ['127.0.0.1', 1],
          ['::1', 2],
        ])
      },
      { inputs: ['udp://[::]:0'] },
    ))

  test('several inputs are one stream', () =>
    listening(
      ['-f', 'ndjson'],
      async (listener) => {
        for (const [i, port] of listener.ports.entries())
          await sendAll([numbered(i + 1)], port, i < 2 ? '127.0.0.1' : '127.0.0.2')
        await listener.printed(3)
        assert.deepEqual(sequences(listener.lines()).sort(), [1, 2, 3])
        const { stderr } = await listener.stop()
        assert.match(stderr, / 3 datagrams \(.*\) of 1 agents?, /)
      },
      { inputs: [anyPort, anyPort, 'udp://127.0.0.2:0'] },
    ))
})

test('an output that takes no more ends it with 5, and the account is told all the same', async () => {
  for (const args of [
    ['-f', 'ndjson', '-o', '/dev/full'],
    ['-f', 'ndjson', '-o', '/dev/full', '--workers', '2'],
  ]) {
    await listening(args, async (listener) => {
      await sendAll([numbered(1)], listener.port)
      const { stderr, code } = await listener.end()
      assert.match(
        stderr,
        /^[\d.]+ s: 1 datagrams? .*\nLost: datagrams 0, (?:.*\n)*Writing to .* stopped after 0 bytes: no space is left on the device\.\n/m,
      )
      assert.equal(code, 5)
    })
  }
})

test('--allow hears the senders it names and counts the others', () =>
  listening(['-f', 'ndjson', '--allow', '127.0.0.2/32,10.0.0.0/8', '--allow', '127.0.0.4'], async (listener) => {
    for (const [address, n] of [
      ['127.0.0.2', 1],
      ['127.0.0.3', 2],
      ['127.0.0.4', 3],
      ['127.0.0.1', 4],
    ] as const) {
      const socket = await sendingSocket(address)
      await sendFrom(socket, numbered(n), listener.port, '127.0.0.1')
      socket.close()
    }
    await listener.printed(2)
    await listener.read()
    const { stderr } = await listener.stop()
    const found = parsed(listener.lines()).map((x) => [x.sender, x.datagram_sequence])
    assert.deepEqual(found, [
      ['127.0.0.2', 1],
      ['127.0.0.4', 3],
    ])
    assert.match(
      stderr,
      /^Refused: 2 datagrams from senders that --allow does not name \(127\.0\.0\.3 and 127\.0\.0\.1\)\.$/m,
    )
    assert.match(stderr, / 2 datagrams \(/)
  }))

test('--allow that names none of the senders: what came is told, and no firewall', () =>
  listening(['-f', 'ndjson', '--allow', '10.0.0.0/8'], async (listener) => {
    await sendAll([numbered(1), numbered(2)], listener.port)
    await listener.read()
    const { stdout, stderr, code } = await listener.stop()
    assert.deepEqual([stdout, code], ['', 0])
    assert.match(
      stderr,
      /^Nothing came to udp:\/\/127\.0\.0\.1:\d+ from a sender that --allow names: 2 datagrams came, from 127\.0\.0\.1\. --allow takes/m,
    )
    assert.doesNotMatch(stderr, /firewall/)
  }))

test('garbage at full rate: each good datagram between it is counted and printed, in order', { timeout: 60_000 }, (t) =>
  listening(['-f', 'ndjson', '--agent', '192.0.2.9'], async (listener) => {
    const GOOD = 2000
    const sender = await PatientSender.open(listener.port)
    const bad = garbage(7)
    const started = performance.now()
    for (let n = 1; n <= GOOD; n++) {
      for (let i = 0; i < 10; i++) await sender.send(bad.next().value!)
      await sender.send(numbered(n))
    }
    await sender.close()
    await listener.printed(GOOD)
    t.diagnostic(`${Math.round((GOOD * 11 * 1000) / (performance.now() - started))} datagrams a second`)
    const { stderr, code } = await listener.stop()
    assert.deepEqual(sequences(listener.lines()), range(1, GOOD))
    assert.equal(code, 0)
    assert.match(stderr, / 22,000 datagrams \(/)
    assert.match(stderr, /^Lost: datagrams 0, by the kernel 0, /m)
    // Each kind of trouble is told once, and counted at the end.
    assert.ok(stderr.split('\n').length < 60, stderr)
  }),
)

test('two agents with one address and sub-agent: what was lost is not known', () =>
  listening(['--summary'], async (listener) => {
    await sendAll(
      range(1, 20).flatMap((n) => [numbered(n), numbered(1_000_000 + n)]),
      listener.port,
    )
    await listener.read()
    const { stdout, stderr } = await listener.stop()
    const summary = JSON.parse(stdout)
    assert.deepEqual([summary.agents[0].lost, summary.loss.lost, summary.lost_share], [null, null, null])
    assert.match(stderr, /^Lost: datagrams not known, by the kernel 0, /m)
  }))

test('gaps, a restart and own drops are in the account', () =>
  listening(['--summary'], async (listener) => {
    const at = (sequence_number: number, uptime: number, drops: number) =>
      datagram([flow([header(synPacket)], { sequence_number, drops })], { sequence_number, uptime })
    // 1..10 without 4 and 7; a restart, then 1..5 without 3. The agent says that it dropped 0, then 6 samples.
    const first = range(1, 10).filter((n) => n !== 4 && n !== 7)
    const second = [1, 2, 4, 5]
    await sendAll(
      [...first.map((n) => at(n, 100_000 + n, n < 9 ? 0 : 6)), ...second.map((n) => at(n, 1000 + n, 0))],
      listener.port,
    )
    await listener.read()
    const { stdout, stderr } = await listener.stop()
    const summary = JSON.parse(stdout)
    assert.equal(summary.datagrams, 12)
    assert.equal(summary.loss.lost, 3)
    assert.equal(summary.loss.restarts, 1)
    assert.equal(summary.loss.own_drops, 6)
    assert.match(stderr, / 12 datagrams \(.*\) of 1 agents?, 12 samples, 0 issues\.\n/)
    assert.match(stderr, /^Lost: datagrams 3 \(20 %\), by the kernel 0, by agents themselves 6 samples\.$/m)
    assert.match(stderr, /^Agents restarted 1 time: what was lost just before is not known\.$/m)
  }))

describe('--summary', () => {
  // 1..6 without 3, 5 twice, 4 late; the flow samples jump by 2 once more than the datagrams do.
  const numbers = [1, 2, 5, 5, 4, 6]
  const send = (port: number) =>
    sendAll(
      numbers.map((n) =>
        datagram([flow([header(synPacket)], { sequence_number: n < 6 ? n : 8 })], {
          sequence_number: n,
          uptime: 100_000 + n,
        }),
      ),
      port,
    )

  test('a table for a person: agents, samples, loss of every kind', () =>
    listening(['--summary', '-f', 'table', '--no-color'], async (listener) => {
      await send(listener.port)
      await listener.read()
      const { stdout, stderr, code } = await listener.stop()
      assert.match(stdout, /^udp:\/\/127\.0\.0\.1:\d+: 6 datagrams, 1 agent, [\d.]+ s, 1 datagram lost \(17 %\)\n/)
      assert.match(stdout, /^ {2}samples {3}5 flow {2}0 counters {2}0 discards\n {12}1 others /m)
      assert.match(stdout, /^AGENT .* DGRAMS .*LOST .*FLOW .*S-LOST /m)
      assert.match(stdout, /^192\.0\.2\.9 +6 +1 +5 +0 +3 /m)
      assert.match(stdout, /^ {2}lost {6}datagrams 1 {2}flow samples 3 {2}counter samples 0 {2}discards 0/m)
      assert.match(stdout, /^ {2}order {5}late 1 {2}duplicates 1 {2}restarts 0$/m)
      assert.match(stdout, /^ {2}issues {4}none$/m)
      // What the table says is not said again.
      assert.doesNotMatch(stderr, /Lost:/)
      assert.equal(code, 0)
    }))

  test('JSON has the counts of each agent, and lost samples by kind', () =>
    listening(['--summary', '-f', 'json'], async (listener) => {
      await send(listener.port)
      await listener.read()
      const { stdout, stderr } = await listener.stop()
      const { loss, agents, samples } = JSON.parse(stdout)
      assert.equal(samples, 6)
      assert.deepEqual([loss.lost, loss.late, loss.duplicates], [1, 1, 1])
      assert.deepEqual(loss.flow, { samples: 5, lost: 3 })
      assert.deepEqual(loss.counters, { samples: 0, lost: 0 })
      const [agent] = agents
      assert.equal(agent.datagrams, 6)
      assert.deepEqual(agent.flow, { samples: 5, lost: 3 })
      assert.deepEqual([agent.lost, agent.late, agent.duplicates], [1, 1, 1])
      assert.match(stderr, /^Samples missing by their own numbers: flow 3, counters 0, discards 0\.$/m)
      assert.match(stderr, /^Out of order: 1 late, 1 come twice\.$/m)
    }))
})

test('the loss of more agents than a state lists, all of it', () =>
  listening(['--summary'], async (listener) => {
    const AGENTS = 1500
    const from = (agent: number, sequence_number: number) => {
      const bytes = numbered(sequence_number)
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(8, 0x0a000000 + agent)
      return bytes
    }
    await sendAll(
      range(1, AGENTS).flatMap((agent) => [from(agent, 1), from(agent, 4)]),
      listener.port,
    )
    await listener.read()
    const { stderr } = await listener.stop()
    assert.match(stderr, / 3,000 datagrams \(.*\) of 1,500 agents, /)
    assert.match(stderr, /^Lost: datagrams 3,000 \(50 %\), /m)
  }))

test('--quiet: nothing where nothing was lost, loss where it was', async () => {
  const port = await freePort()
  for (const [sent, told] of [
    [[1, 2, 3], ''],
    [
      [1, 2, 5],
      'Lost: datagrams 2 (40 %), by the kernel 0, by agents themselves 0 samples.\nSamples missing by their own numbers: flow 2, counters 0, discards 0.\nWhat was lost before the first and after the last datagram of each agent is not known.\n',
    ],
  ] as const) {
    const child = startSonde(['listen', '-q', '-i', `udp://127.0.0.1:${port}`, '-f', 'ndjson', '--limit', '3'])
    const end = ended(child)
    // It does not say that it listens.
    await opened(port)
    const sender = await PatientSender.open(port)
    for (const n of sent) await sender.send(numbered(n))
    await sender.close()
    const { stderr, code } = await end
    assert.deepEqual([stderr, code], [told, 0])
  }
})
