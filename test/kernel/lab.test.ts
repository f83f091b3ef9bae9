// The lab as a person has it: up, traffic, what sonde says of it, down; and that nothing is left behind, whatever was killed.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { findFrr } from '../../src/lib/lab/frr.ts'
import { type CliResult, ended, says, startSonde } from '../helpers/cli.ts'
import { ip, noNamespaces } from '../helpers/namespaces.ts'
import { assertPeriod, type PeriodAnswer, readStarts } from '../helpers/sent-cycles.ts'

const name = `t${process.pid}`
const port = 20_000 + (process.pid % 20_000)
const folder = mkdtempSync(join(tmpdir(), 'sonde-lab-'))
const capture = join(folder, 'lab.pcap')
const log = join(folder, 'cycles.ndjson')
const topology = join('/run/sonde-lab', name, 'topology.json')

const run = (...args: string[]): Promise<CliResult> => ended(startSonde(args))
const lab = (command: string, ...args: string[]) => run('lab', command, '--name', name, ...args)
const up = (...args: string[]) => lab('up', '--to', `127.0.0.1:${port}`, ...args)

/** Sends traffic while the lab's sFlow is recorded. @returns its summary */
async function recordedDuring(file: string, ...how: string[]): Promise<Record<string, number>> {
  const listening = startSonde(['listen', '-i', `udp://127.0.0.1:${port}`, '--write', file, '-f', 'ndjson'])
  listening.stdout?.resume()
  const listened = ended(listening)
  await says(listening, /Listening on/)
  const sent = await lab('traffic', '-f', 'ndjson', ...how)
  assert.equal(sent.code, 0, sent.stderr)
  await pause(500)
  listening.kill('SIGINT')
  assert.equal((await listened).code, 0)
  return JSON.parse(sent.stdout)
}

/** Runs an analysis of the capture. */
const asked = <T>(...args: string[]): Promise<T[]> => askedOf<T>(capture, ...args)

async function askedOf<T>(file: string, ...args: string[]): Promise<T[]> {
  const { code, stdout, stderr } = await run(...args, file, '--port', String(port), '-f', 'ndjson')
  assert.equal(code, 0, stderr)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}

/** Processes of this lab, by what they are. */
function processes(): Map<string, number> {
  const found = new Map<string, number>()
  for (const pid of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const mark = readFileSync(`/proc/${pid}/environ`, 'latin1')
        .split('\0')
        .find((each) => each.startsWith(`SONDE_LAB_PROCESS=${name}/`))
      if (mark !== undefined) found.set(mark.slice(mark.indexOf('/') + 1), Number(pid))
    } catch {
      // It has ended meanwhile.
    }
  }
  return found
}

function nothingIsLeft(): void {
  assert.deepEqual([...processes().keys()], [])
  assert.ok(!ip('netns', 'list').includes(`${name}-`), ip('netns', 'list'))
  assert.ok(!existsSync(join('/run/sonde-lab', name)))
}

/** Whether a share of so many samples is the probability, within five standard deviations. */
function assertShare(what: string, of: number, samples: number, probability: number): void {
  const sigma = Math.sqrt(samples * probability * (1 - probability))
  assert.ok(Math.abs(of - samples * probability) < 5 * sigma, `${what}: ${of} of ${samples}, not ${probability}`)
}

describe('the lab', { skip: noNamespaces, timeout: 150_000 }, () => {
  after(async () => {
    await lab('down')
    rmSync(folder, { recursive: true, force: true })
  })

  describe('routed by static routes', () => {
    before(async () => {
      const { code, stdout, stderr } = await up('--routing', 'static', '--polling', '2s')
      assert.equal(code, 0, stderr)
      assert.match(stdout, /^The lab "t\d+" is up: .*static routes with several next hops\.\n/)
      const listening = startSonde(['listen', '-i', `udp://127.0.0.1:${port}`, '--write', capture, '-f', 'ndjson'])
      listening.stdout?.resume()
      const listened = ended(listening)
      await says(listening, /Listening on/)
      const sent = await lab('traffic', '--cycles', '24', '--log', log, '-f', 'ndjson')
      assert.equal(sent.code, 0, sent.stderr)
      const { cycles, packets, received } = JSON.parse(sent.stdout)
      assert.deepEqual([cycles, packets, received], [24, 240_072, 240_072])
      await pause(500)
      listening.kill('SIGINT')
      assert.equal((await listened).code, 0)
    })

    test('what h2 got is what was logged: also the marks, by its kernel', () => {
      const lines = readFileSync(log, 'utf8').trim().split('\n')
      assert.equal(lines.length, 24)
      const marked = lines.map((line) => JSON.parse(line).ce as number).reduce((a, b) => a + b, 0)
      assertShare('marks', marked, 240_072, 0.1)
      const [names = '', values = ''] = ip('netns', 'exec', `${name}-h2`, 'cat', '/proc/net/netstat')
        .split('\n')
        .filter((line) => line.startsWith('IpExt:'))
      const at = names.split(' ').indexOf('InCEPkts')
      assert.equal(Number(values.split(' ')[at]), marked)
    })

    test('ai-metrics: shares of operations, 32 KiB an operation, credits, marks, notifications', async () => {
      const [metrics] = await asked<Record<string, number>>('ai-metrics', '--topology', topology)
      assert.ok(metrics)
      const samples = metrics.roce_samples!
      assertShare('samples', samples, 240_072, 0.01)
      const operations = metrics.operations as unknown as readonly { name: string; samples: number }[]
      const counted = new Map(operations.map((each) => [each.name, each.samples]))
      assert.equal(counted.size, 4)
      for (const [operation, sevenths] of [
        ['RC RDMA WRITE First', 1],
        ['RC RDMA WRITE Middle', 4],
        ['RC Acknowledge', 1],
        ['CNP', 1],
      ] as const) {
        assertShare(operation, counted.get(operation) ?? 0, samples, sevenths / 7)
      }
      assert.deepEqual([metrics.rdma_bytes, metrics.rdma_bytes_min, metrics.rdma_bytes_max], [32_768, 32_768, 32_768])
      assert.deepEqual([metrics.aeth_credits_avg, metrics.aeth_credits_min, metrics.aeth_credits_max], [12, 12, 12])
      assert.deepEqual([metrics.aeth_code_min, metrics.aeth_code_max], [7, 7])
      assertShare('ECN', metrics.ecn_share! * metrics.ecn_share_samples!, metrics.ecn_share_samples!, 0.1)
      assert.equal(metrics.ce_complete, true)
      assertShare('CNP', metrics.cnp_pps_samples!, samples, 1 / 7)
      assert.deepEqual([metrics.trim_pps, metrics.nak_pps, metrics.errors_in, metrics.discards_out], [0, 0, 0, 0])
      assert.deepEqual([metrics.core_ports, metrics.edge_ports], [8, 4])
      // One flow takes one of two paths.
      assert.ok(metrics.core_max_bps! > 0 && metrics.core_med_bps! < metrics.core_max_bps! / 100)
      assert.ok(metrics.ecmp_max_over_mean! > 1.95)
    })

    test('period: within 0.3 % of the sender’s log', async (t) => {
      const [found] = await asked<PeriodAnswer & { cycles_seen?: number }>('period')
      assert.ok(found)
      const starts = readStarts(log)
      // The window holds some of the cycles, or all: the last with its pause, which the log has no end of.
      const cycles = Math.min(Math.round(found.cycles_seen ?? 10), starts.length - 1)
      assert.ok(cycles >= 10, `${cycles} cycles`)
      const isEven = assertPeriod(found, starts.slice(-1 - cycles), 'all cycles')
      if (!isEven) t.skip('the sender was held up: this machine is busy')
    })

    test('path: leaf1, one of the spines, leaf2, and the TTL falls', async () => {
      type Hop = Record<'kind' | 'node' | 'in_port' | 'out_port' | 'state' | 'from' | 'to_hosts', unknown> & {
        ttl: number
      }
      const all = await asked<Hop>('path', '--topology', topology, '--filter', 'suffix:stack:.:1=ibbt')
      const hops = all.filter(({ kind, state }) => kind === 'hop' && state === 'measured')
      assert.deepEqual(
        hops.map(({ ttl }) => ttl),
        [64, 63, 62],
        JSON.stringify(hops),
      )
      const spine = hops[1]?.node
      assert.ok(spine === 'spine1' || spine === 'spine2', String(spine))
      assert.deepEqual(
        hops.map(({ node, in_port, out_port }) => [node, in_port, out_port]),
        [
          ['leaf1', 'eth3', spine === 'spine1' ? 'eth1' : 'eth2'],
          [spine, 'eth1', 'eth2'],
          ['leaf2', spine === 'spine1' ? 'eth1' : 'eth2', 'eth3'],
        ],
      )
      assert.deepEqual([hops[0]?.from, hops[2]?.to_hosts], [['172.16.1.2'], ['172.16.2.2']])
    })

    test('topo status is green', async () => {
      const ignore = ['--ignore', 'sampling,noflows', '--exit-code']
      const [status] = await asked<Record<string, Record<string, number> | boolean>>(
        'topo',
        'status',
        '--topology',
        topology,
        ...ignore,
      )
      assert.ok(status)
      assert.equal(status.green, true)
      assert.deepEqual(status.links, { total: 4, monitored: 4, up: 4, down: 0, details: { unmonitored: [], down: [] } })
    })

    test('a firewall drops it: reason, function, port and packets are told', async () => {
      const { drops, sent } = await dropsDuring('--blocked', '--packets', '700', '--rate', '7000')
      assert.deepEqual([sent.packets, sent.received], [1400, 0])
      // The window of a minute may end meanwhile.
      const told = drops.filter((row) => row.kind === 'drop' && row.linux_reason === 'NETFILTER_DROP')
      assert.equal(
        told.reduce((sum, { packets }) => sum + Number(packets), 0),
        1400,
      )
      for (const row of told) {
        assert.deepEqual(
          [row.function, row.src, row.dst, row.protocol],
          ['nft_do_chain', '172.16.1.2', '172.16.2.2', 'RoCE'],
        )
        assert.match(String(row.port), new RegExp(`^${name}-leaf2/eth[12]$`))
      }
    })

    test('an incast: drops at the slow port, and who filled it', async () => {
      const file = join(folder, 'incast.pcap')
      const { packets = 0, received = 0 } = await recordedDuring(file, '--incast', '--cycles', '3')
      assert.equal(packets, 30_009)
      // 86 Mb a cycle, of which a port of 100 Mb/s takes 20 to 60, by how fast this machine sends.
      assert.ok(received < packets * 0.9, `${received} of ${packets}`)
      const rows = await askedOf<DropRow>(file, 'drops', '--topology', topology, '--culprits')
      const drops = rows.filter(({ kind }) => kind === 'drop')
      const senders = ['172.16.1.2', '172.16.3.2', '172.16.4.2']
      assert.deepEqual([...new Set(drops.map(({ src }) => src))].sort(), senders)
      for (const { node, port: at, reason, linux_reason, dst, culprits } of drops) {
        assert.deepEqual(
          [node, at, reason, linux_reason, dst],
          ['leaf2', 'eth3', 'traffic_shaping', 'QDISC_DROP', '172.16.2.2'],
        )
        const filled = culprits as { src: string; share: number }[]
        assert.deepEqual(filled.map(({ src }) => src).sort(), senders)
        for (const { share } of filled) assert.ok(share > 0.2 && share < 0.5, `${share}`)
      }
    })

    test('up again mends: a sampler that was killed runs again, the rest stays', async () => {
      const before = processes()
      assert.equal(before.size, 4)
      process.kill(before.get('sample/spine1')!, 'SIGKILL')
      const again = await up('--routing', 'static', '--polling', '2s')
      assert.equal(again.code, 0, again.stderr)
      assert.match(again.stderr, /Started 1 sampler/)
      const now = processes()
      assert.equal(now.size, 4)
      assert.equal(now.get('sample/leaf1'), before.get('sample/leaf1'))
      assert.notEqual(now.get('sample/spine1'), before.get('sample/spine1'))
      assert.match((await up('--routing', 'static', '--polling', '2s')).stderr, /is up already/)
    })

    test('down takes all of it away, and says so when there is nothing', async () => {
      const gone = await lab('down')
      assert.deepEqual([gone.code, gone.stderr], [0, `The lab "${name}" is gone.\n`])
      nothingIsLeft()
      const none = await lab('down')
      assert.deepEqual([none.code, none.stderr], [0, `There is no lab "${name}".\n`])
    })
  })

  test('routed by FRR, over IPv6 too', { skip: findFrr() === undefined && 'FRR is not installed' }, async () => {
    const { code, stdout, stderr } = await up('--routing', 'frr', '--no-sample')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /; FRR \S+, BGP unnumbered\.\n/)
    const routes = ip('-n', `${name}-leaf1`, 'route', 'show', '172.16.2.0/24')
    assert.equal(routes.split('nexthop via inet6 fe80:').length - 1, 2, routes)
    assert.match(routes, /proto bgp/)
    for (const more of [[], ['--ipv6']]) {
      const sent = JSON.parse(
        (await lab('traffic', '--cycles', '1', '--packets', '700', '-f', 'ndjson', ...more)).stdout,
      )
      assert.deepEqual([sent.packets, sent.received], [700, 700])
    }
    assert.equal((await lab('down')).code, 0)
    nothingIsLeft()
  })

  test('up that was killed half way leaves nothing that down does not find', async () => {
    for (const ms of [300, 600]) {
      const child = startSonde(['lab', 'up', '--name', name, '--no-sample', '--routing', 'auto'])
      const end = ended(child)
      await pause(ms)
      child.kill('SIGKILL')
      await end
      assert.equal((await lab('down')).code, 0)
      nothingIsLeft()
    }
  })

  test('a namespace of somebody else is left alone', async () => {
    ip('netns', 'add', `${name}-h1`)
    try {
      const { code, stderr } = await up()
      assert.equal(code, 2)
      assert.match(stderr, new RegExp(`^There is a namespace ${name}-h1 already, and it is not of a lab\\.`))
      assert.equal((await lab('down')).code, 0)
      assert.ok(existsSync(`/run/netns/${name}-h1`))
    } finally {
      ip('netns', 'del', `${name}-h1`)
    }
  })
})

type DropRow = Record<string, unknown>

/** What the kernel tells of drops in leaf2 while traffic runs into something. */
async function dropsDuring(...how: string[]): Promise<{ drops: DropRow[]; sent: Record<string, number> }> {
  const watching = startSonde(['drops', '-i', 'kernel:', '--netns', `${name}-leaf2`, '-f', 'ndjson'])
  const told = ended(watching)
  await says(watching, /Hearing of packets/)
  const sent = JSON.parse((await lab('traffic', '--cycles', '2', '-f', 'ndjson', ...how)).stdout)
  await pause(500)
  watching.kill('SIGINT')
  const { stdout } = await told
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DropRow)
  return { drops: rows, sent }
}
