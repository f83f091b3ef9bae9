// Drops as a person reads them, of captures of others (checked by hand once) and of our own.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { dropsAnalysis } from '../../src/lib/drops/analysis.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { plain } from '../helpers/cards.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { sharedPath } from '../helpers/shared.ts'
import { type Asked, dropsOf, queryOf, settingsOf } from './run.ts'

async function tableOf(
  path: string,
  { width = 100, source = 'x.pcap', ...asked }: Asked & { width?: number; source?: string } = {},
): Promise<string[]> {
  const view = { style: plain, width, time: () => '', day: () => '', clock: () => '12:00:00' }
  const query = { culprits: 0, ...asked }
  const form = dropsAnalysis(queryOf(query), settingsOf(asked), source).form!('table', view, () => 0)!
  const out = new TextBuffer()
  for (const window of await dropsOf(path, query)) form.window(window, out)
  return new TextDecoder().decode(out.bytes.subarray(0, out.length)).trimEnd().split('\n')
}

const own = (name: string) => join(repositoryRoot, 'fixtures', name)

const cistern = sharedPath('captures/sflow/cistern-discarded-packet.pcap')
test('one drop of a Linux host', { skip: cistern === undefined }, async () => {
  assert.deepEqual(await tableOf(cistern!), [
    'x.pcap · 0 ms · 1 drop from 1 agent',
    'DROPS  /S  REASON      WHERE          WHOSE',
    '─────────────────────────────────────────────────────────────────────────────',
    '    1   -  unknown_l4  10.30.1.254 2  192.168.1.31 → 255.255.255.255:3289 UDP',
    '          NOT_SPECIFIED in __udp4_lib_rcv',
    '          Layer 4 dropped it, for a reason the agent does not tell. What is in the columns of trap',
    '          and function may tell more; the node can tell the rest.',
    '    1   -  total',
  ])
})

const goflow = sharedPath('captures/sflow/goflow2-drop-extended-acl.pcap')
test('one drop without a header, with an access list', { skip: goflow === undefined }, async () => {
  assert.deepEqual((await tableOf(goflow!)).slice(0, 5), [
    'x.pcap · 0 ms · 1 drop from 1 agent',
    'DROPS  /S  REASON            WHERE                WHOSE',
    '────────────────────────────────────────────────────────────────',
    '    1   -  host_unreachable  192.168.119.184 2 →  no packet told',
    '          ACL foo!',
  ])
})

const overflowd = sharedPath('captures/sflow/overflowd-1-600.pcap')
test('counters alone: what nobody told of', { skip: overflowd === undefined }, async () => {
  assert.deepEqual(await tableOf(overflowd!), [
    'x.pcap · 1 min 26 s · 0 drops from 0 agents',
    'counters: 192.168.1.1 47 30 discarded out in 1 min 1 s: not explained, the agent tells of no drops',
  ])
})

test('at 80 columns addresses are whole, below their row; what was limited is a row', async () => {
  const lines = await tableOf(own('drops-every-record.pcap'), { width: 80 })
  assert.equal(lines[0], 'x.pcap · 0 ms · 9 drops from 1 agent: 5 told, 4 rate-limited away')
  for (const line of lines) assert.ok(plain.width(line) <= 80, line)
  const text = lines.join('\n')
  assert.match(
    text,
    /1 {3}- {2}no_buffer_space +192\.0\.2\.21 7 →\n +198\.51\.100\.17 → 198\.51\.100\.33 RoCE DSCP 26 · queue 3/,
  )
  assert.match(text, /2001:db8:1::1 → \[2001:db8:2::2\]:80 TCP · ACL v6-out/)
  assert.match(text, /\n {4}4 {3}- {2}\(not told\)\n {4}9 {3}- {2}total$/)
})

test('of this host no agent is named, and what is lacking was not limited', async () => {
  const [heading] = await tableOf(own('drops-every-record.pcap'), { source: 'kernel: blue' })
  assert.equal(heading, 'kernel: blue · 0 ms · 9 drops: 5 told, 4 not heard, the ring was full')
})

test('with a filter what was not told is no part of the sum', async () => {
  const [heading] = await tableOf(own('drops-every-record.pcap'), { filter: 'reason=acl' })
  assert.equal(heading, 'x.pcap · 0 ms · reason=acl · 2 drops from 1 agent · not filtered: 4 rate-limited away')
})

test('by reason, by place, by victim, by keys', async () => {
  const rows = async (asked: Asked) =>
    (await tableOf(own('drops-every-record.pcap'), { width: 200, ...asked }))
      .filter((line) => /^ +\d/.test(line))
      .map((line) => line.trim().replace(/ {2,}/g, '|'))
  assert.deepEqual((await rows({ by: ['reason'] })).slice(0, 2), ['2|-|acl', '1|-|no_buffer_space'])
  assert.deepEqual(await rows({ by: ['place'] }), [
    '3|-|192.0.2.21 3',
    '1|-|192.0.2.21 7 →',
    '1|-|192.0.2.21 9 →',
    '4|-|(not told)',
    '9|-|total',
  ])
  assert.deepEqual(await rows({ by: ['victim'], filter: 'reason=acl' }), [
    '1|-|198.51.100.1 → 203.0.113.2:53 UDP',
    '1|-|2001:db8:1::1 → [2001:db8:2::2]:80 TCP',
    '2|-|total',
  ])
  assert.deepEqual(await rows({ by: [], keys: 'null:queueindex:none' }), [
    '4|-|none',
    '1|-|3',
    '4|-|(not told)',
    '9|-|total',
  ])
  assert.deepEqual(await rows({ by: [], keys: 'queueindex' }), ['1|-|3', '4|-|(no key)', '4|-|(not told)', '9|-|total'])
})

test('flow samples whose output is a discard: estimates, with ~ and ±', async () => {
  const lines = await tableOf(own('discard-interface.pcap'), { width: 120 })
  assert.equal(lines[0], 'x.pcap · 1 s · 4,000 drops from 1 agent: ~4,000 by flow samples')
  assert.match(
    lines[3]!,
    /^~2,000 {2}2,000 {2}164 % {2}acl +192\.0\.2\.21 3 +198\.51\.100\.1 → 203\.0\.113\.2:80 TCP DSCP 46$/,
  )
})

test('culprits and counters', async () => {
  const asked = { topology: own('roce.topology.json'), culprits: 3, width: 120 }
  const text = (await tableOf(own('roce.pcap'), asked)).join('\n')
  assert.match(
    text,
    /filled by 198\.51\.100\.4 → 198\.51\.100\.16 63 % ± 13, [^=]* of 21\.7 Gb\/s, 5\.5 % of its speed on average\n/,
  )
  assert.match(text, /\ncounters: leaf4 swp4 1,275 discarded out in 19 s: 3\.5 % explained\n/)
  assert.match(text, /\ncounters: leaf2 swp4 20 discarded in in 20 s: 100 % explained\n/)
})
