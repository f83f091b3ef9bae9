// As root, in network namespaces of its own: `sonde sample --drops`, printed, and sent to `sonde drops` as to any collector.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ended, says, startSonde } from '../helpers/cli.ts'
import { noDrops, sendDatagrams } from '../helpers/heard-drops.ts'
import { Namespaces } from '../helpers/namespaces.ts'

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

describe('sonde sample --drops', { skip: noDrops }, () => {
  const spaces = new Namespaces()
  before(() => {
    spaces.make('a', 'b')
    spaces.veth('a', 'a0', 'b', 'b0')
    spaces.ip('a', 'addr', 'add', '10.1.0.1/24', 'dev', 'a0')
    spaces.ip('b', 'addr', 'add', '10.1.0.2/24', 'dev', 'b0')
    spaces.ip('a', 'route', 'add', '10.77.0.0/16', 'via', '10.1.0.2')
    spaces.ip('b', 'route', 'add', 'blackhole', '10.77.0.0/16')
    spaces.set('b', 'net.ipv4.ip_forward', '1')
    sendDatagrams(spaces, { from: 'a', to: '10.1.0.2', port: 9, count: 1 })
  })
  after(() => spaces.remove())
  const send = (port: number, count: number) => sendDatagrams(spaces, { from: 'a', to: '10.1.0.2', port, count })

  test('printed: drops alone, of the namespace that is meant, with process and interface', async () => {
    const fields = 'linuxreason,netnsname,dropinterface,inputifindex,pid,src,dst,dport'
    const child = startSonde(['sample', '--drops', '--netns', spaces.realName('b'), '--fields', fields, '-f', 'csv'])
    const end = ended(child)
    await says(child, /Packets that the kernel drops in network namespace sonde-/)
    send(7777, 25)
    await sleep(300)
    child.kill('SIGINT')
    const { stdout, stderr, code } = await end
    assert.equal(code, 0, stderr)
    const [head, ...lines] = stdout.trim().split('\n')
    assert.equal(head, fields)
    const line = `NO_SOCKET,${spaces.realName('b')},b0,${spaces.index('b', 'b0')},${process.pid},10.1.0.1,10.1.0.2,7777`
    assert.deepEqual(lines, new Array(25).fill(line))
    assert.match(stderr, /^25 dropped packets told\.$/m)
  })

  test('sent: a collector knows what happened, to the last packet, though most was beyond the limit', async () => {
    const port = await freePort()
    const collector = startSonde(['drops', '-i', `udp://127.0.0.1:${port}`, '-f', 'ndjson', '--window', 'all'])
    const collected = ended(collector)
    await says(collector, /Listening on/)
    const agent = startSonde([
      ...['sample', '--drops', '--drops-limit', '50/s', '--netns', spaces.realName('b')],
      ...['--to', `127.0.0.1:${port}`, '--agent', '192.0.2.7'],
    ])
    const sent = ended(agent)
    await says(agent, /50 a second at most → 127\.0\.0\.1:\d+, as agent 192\.0\.2\.7/)
    send(7778, 10)
    await sleep(1100)
    send(7778, 2000)
    await sleep(1100)
    send(7778, 5)
    await sleep(1500)
    agent.kill('SIGINT')
    const { stderr } = await sent
    await sleep(500)
    collector.kill('SIGINT')
    const { stdout } = await collected
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const told = rows.find(({ kind }) => kind === 'drop')!
    const notTold = rows.find(({ kind }) => kind === 'not_told')!
    const total = rows.find(({ kind }) => kind === 'total')!
    assert.equal(total.packets, 2015)
    assert.equal(Number(told.packets) + Number(notTold.packets), 2015)
    // 10, 50 and 5; 50 more for each turn of the second while the 2,000 were sent.
    assert.ok(Number(told.packets) >= 56 && Number(told.packets) <= 215, `${told.packets} told`)
    assert.deepEqual(
      [told.agent, told.reason, told.linux_reason, told.function, told.if_index, told.direction],
      ['192.0.2.7', 'port_unreachable', 'NO_SOCKET', '__udp4_lib_rcv', spaces.index('b', 'b0'), 'in'],
    )
    assert.match(stderr, /dropped packets told; not told: [\d,]+ more than the limit \(their number is in drops\)\./)
  })

  test('sent: a flood hides no other reason, and the total is exact soon after, though nothing follows', async () => {
    const port = await freePort()
    const collector = startSonde(['drops', '-i', `udp://127.0.0.1:${port}`, '-f', 'ndjson', '--window', 'all'])
    const collected = ended(collector)
    await says(collector, /Listening on/)
    const agent = startSonde([
      ...['sample', '--drops', '--drops-limit', '50/s', '--netns', spaces.realName('b')],
      ...['--to', `127.0.0.1:${port}`, '--agent', '192.0.2.7'],
    ])
    const sent = ended(agent)
    await says(agent, /50 a second at most/)
    send(7780, 6000)
    sendDatagrams(spaces, { from: 'a', to: '10.77.0.1', port: 7781, count: 150 })
    await sleep(2500)
    // The collector first: what the agent tells at its end comes too late.
    collector.kill('SIGINT')
    const { stdout } = await collected
    agent.kill('SIGINT')
    const { stderr } = await sent
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.equal(rows.find(({ kind }) => kind === 'total')?.packets, 6150, stdout)
    const told = rows.filter(({ kind }) => kind === 'drop')
    const of = (linux: string) => Number(told.find(({ linux_reason }) => linux_reason === linux)?.packets ?? 0)
    assert.ok(of('NO_SOCKET') >= 40 && of('NO_SOCKET') <= 250, `${of('NO_SOCKET')} of no socket`)
    assert.ok(of('NOT_SPECIFIED') >= 8 && of('NOT_SPECIFIED') <= 120, `${of('NOT_SPECIFIED')} of the blackhole`)
    assert.match(
      stderr,
      new RegExp(`not told: ${(6150 - of('NO_SOCKET') - of('NOT_SPECIFIED')).toLocaleString('en')} more`),
    )
  })

  test('beside samples', async () => {
    const args = ['sample', 'b0', '--rate', '1', '--drops', '--netns', spaces.realName('b'), '-f', 'ndjson']
    const child = startSonde(args)
    const end = ended(child)
    await says(child, /Packets that the kernel drops/)
    send(7779, 10)
    await sleep(300)
    child.kill('SIGINT')
    const { stdout } = await end
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { sample_type: string; layers: { 'udp.dstport'?: number }[] })
      // An answer of ICMP has the datagram's header behind its own.
      .filter(({ layers }) => layers[2]?.['udp.dstport'] === 7779)
      .map(({ sample_type }) => sample_type)
    assert.deepEqual(
      [kinds.filter((x) => x === 'flow_sample').length, kinds.filter((x) => x === 'discarded_packet').length],
      [10, 10],
    )
  })
})
