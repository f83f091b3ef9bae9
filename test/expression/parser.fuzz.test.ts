// The parser on changed and random texts: a tree or an InputError, never anything else, and soon. What it takes it takes
// again when written out.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parseFilter, parseKeys, parseValues } from '../../src/lib/expression/expression.ts'
import { keyFunctions } from '../../src/lib/expression/functions/table.ts'
import { Random } from '../bench/random.ts'
import { formatCondition, formatNode, shapeOf } from './format.ts'

const keys = [
  'src,dst,null:[or:ipsource:ip6source]:none',
  'concat:\\::ibbtoptransport:ibbtopname,vlan.1',
  'if:[first:stack:.:ip:ip6]:ip:[dns:ipsource]:[dns:ip6source]',
  "concat:' - ':agent:'to':dst,prefix:stack: :1",
  ...keyFunctions.map(({ example }) => example),
]
const filters = [
  'ipprotocol=6,17&direction=ingress',
  '(ipflags=001|range:ipfragoffset:1=true)&first:stack:.:ip:ip6=ip',
  "'ipsource'='10.0.0.1'&vlan!=null,5",
  'tcpflags~....1..1.&(tcpsourceport=179|tcpdestinationport=179)',
  'dnsqname~(www|ftp)\\.[a-z,&]{1,3}\\.org,b.*|src=10.0.0.0/8,2001:db8::/32',
  "ibbtopname='RDMA WRITE First'&stack=eth.ip.udp.ibbt|agent!~'1(9|8).*'",
  'macsource=02:00:00:00:00:0a&null:vlan:none=none&reason!=acl,258',
]
const values = ['bytes,frames,avg:iptotallength,count:ipsource', 'max:[or:udpsourceport:tcpsourceport],bps,count:stack']
const signs = [...'[]():,&|=!~\'\\." \t\n0aé😀\u0000{}*+?^$<>/-']

function change(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  const end = Math.min(text.length, at + 1 + random.below(5))
  const sign = signs[random.below(signs.length)]!
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at) + text.slice(end)
    case 1:
      return text.slice(0, at) + sign + text.slice(at)
    case 2:
      return text.slice(0, at) + sign + text.slice(at + 1)
    case 3:
      return text.slice(0, at) + text.slice(at, end) + text.slice(at)
    case 4:
      return text.slice(0, at)
    default:
      return text.slice(0, at) + sign.repeat(1 + random.below(80)) + text.slice(at)
  }
}

function took(parse: () => unknown, text: string): boolean {
  try {
    parse()
    return true
  } catch (error) {
    assert.ok(error instanceof InputError, `${JSON.stringify(text)}: ${error instanceof Error ? error.stack : error}`)
    assert.match(error.message.split('\n')[2] ?? '', /^ +\^+$/, JSON.stringify(text))
    return false
  }
}

function roundTrip(text: string): void {
  const again = (once: string) => parseFilter(once, '--filter').condition
  const tree = again(text)
  assert.deepEqual(shapeOf(again(formatCondition(tree))), shapeOf(tree), text)
}

test('keys, values and filters, changed', () => {
  const random = new Random(1)
  const before = performance.now()
  let good = 0
  for (let i = 0; i < 6000; i++) {
    const [list, parse] = (
      [
        [keys, parseKeys],
        [filters, parseFilter],
        [values, parseValues],
      ] as const
    )[random.below(3)]!
    let text: string = list[random.below(list.length)]!
    for (let n = 1 + random.below(3); n > 0; n--) text = change(text, random)
    if (!took(() => parse(text, '--x'), text)) continue
    good++
    if (parse === parseFilter) roundTrip(text)
    if (parse === parseKeys) {
      const nodes = parseKeys(text, '--keys').map(({ node }) => node)
      const written = nodes.map((node) => (node.kind === 'call' ? `[${formatNode(node)}]` : formatNode(node))).join(',')
      assert.deepEqual(
        parseKeys(written, '--keys').map(({ node }) => shapeOf(node)),
        nodes.map(shapeOf),
        text,
      )
    }
  }
  // Some changes leave it right; if none did, nothing of the round trip was tried.
  assert.ok(good > 300, `${good} were right`)
  assert.ok(performance.now() - before < 60_000)
})

test('random texts', () => {
  const random = new Random(2)
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: random.below(40) }, () =>
      random.below(2) === 0 ? signs[random.below(signs.length)]! : String.fromCharCode(random.below(0x300)),
    ).join('')
    took(() => parseFilter(text, '--filter'), text)
    if (text.trim() !== '') took(() => parseKeys(text, '--keys'), text)
  }
})

test('very long and very deep texts', () => {
  for (const text of [
    '['.repeat(100_000),
    'or:['.repeat(10_000),
    'null:[or:'.repeat(5000),
    `vlan=${'1,'.repeat(20_000)}`,
    'a'.repeat(1_000_000),
    `concat:${'\\'.repeat(99_999)}`,
  ]) {
    took(() => parseKeys(text, '--keys'), text.slice(0, 20))
  }
  for (const text of [
    '('.repeat(100_000),
    `${'(vlan=1&'.repeat(1000)}`,
    `vlan~${'('.repeat(10_000)}${')'.repeat(10_000)}`,
  ]) {
    took(() => parseFilter(text, '--filter'), text.slice(0, 20))
  }
  assert.ok(
    took(() => parseFilter(Array.from({ length: 5000 }, (_, i) => `vlan=${i % 4000}`).join('|'), '--filter'), 'long'),
  )
})
