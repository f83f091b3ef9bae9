// Measures filters and keys of the flow language in one process: nanoseconds a sample on top of dissecting it. Not a test;
// compare within one run.
//
//   node --import tsx test/bench/filter.bench.ts [--samples N] [--rounds N]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { presence } from '../../src/lib/attributes/attribute.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { Scope } from '../../src/lib/attributes/scope.ts'
import { buildGroupSet } from '../../src/lib/expression/data/groups.ts'
import {
  compileFilter,
  emitKey,
  type LanguageData,
  noData,
  parseFilter,
  parseKeys,
} from '../../src/lib/expression/expression.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { build } from '../../src/lib/wire/emit.ts'
import { ownDatagrams } from '../helpers/own-capture.ts'
import { generateZipf } from './generate.ts'

/** The first of each list is what the others are compared with: a packet dissected, one layer looked for. */
const filters = [
  'ip_offset!=null',
  'ipprotocol=6',
  'ipprotocol=6,17&direction=ingress',
  'proto=tcp&sport!=443',
  'ipsource=10.0.0.0/8',
  'src=10.0.0.0/8,192.168.0.0/16,2001:db8::/32',
  'suffix:stack:.:1=ibbt',
  'first:stack:.:ip:ip6=ip&ipprotocol=6,17&direction=ingress',
  'stack=eth.ip.tcp',
  'tcpflags~....1..1.',
  'ipsource~10\\..*',
  'stack~eth\\.ip\\..*',
  'group:src:many=g5,g7',
]
const keys = [
  'ip_offset',
  'src',
  'or:ipsource:ip6source',
  'null:[or:ipsource:ip6source]:none',
  'null:vlan:untagged',
  'suffix:stack:.:1',
  'prefix:stack:.:4',
  'prefix:stack:.:9',
  'stack',
  'mask:src:24:48',
  'group:src:many',
  'range:sport:0:1023',
  'eq:src:dst',
  'concat:-:ipsource:ipdestination',
  'if:[first:stack:.:ip:ip6]:ip:ipsource:ip6source',
]

const networks = Array.from({ length: 10_000 }, (_, i) => [`g${i % 100}`, `10.${i & 255}.${i >>> 8}.0/24`] as const)
const lists = new Map<string, string[]>()
for (const [name, network] of networks) lists.set(name, [...(lists.get(name) ?? []), network])
const data: LanguageData = { ...noData, groups: new Map([['many', buildGroupSet(lists, 'many')]]) }

type Question = (view: SampleView) => unknown

/** The key's presence, which needs its value. */
function keyQuestion(text: string): Question {
  const scope = new Scope()
  const value = emitKey(scope, parseKeys(text, '--keys')[0]!, data)
  for (const line of scope.lines()) scope.code.line(line)
  scope.code.line(`return ${presence(value)};`)
  return build(scope.code, 'x', 'key')
}

const { values } = parseArgs({
  options: { samples: { type: 'string', default: '300000' }, rounds: { type: 'string', default: '7' } },
})
const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
try {
  const path = join(folder, 'zipf.pcap')
  const { samples } = generateZipf({ samples: Number(values.samples), flows: 100_000, seed: 1, path })
  const datagrams = ownDatagrams(path)
  const { buffer } = datagrams[0]!
  const bytes = new Uint8Array(buffer)
  const view = new DataView(buffer)
  const walker = new Walker(() => {})
  const sampleView = new SampleView(walker)

  /** CPU seconds of one pass, and how many samples it was true of. */
  const pass = (ask: Question): readonly [number, number] => {
    const before = process.cpuUsage()
    let yes = 0
    for (const { byteOffset, length } of datagrams) {
      walker.open(bytes, view, byteOffset, length)
      while (walker.nextSample()) {
        sampleView.startSample()
        if (ask(sampleView) === true) yes++
      }
    }
    const { user, system } = process.cpuUsage(before)
    return [(user + system) / 1e6, yes]
  }

  const compare = (title: string, texts: readonly string[], compile: (text: string) => Question) => {
    const contestants = texts.map((text) => ({ text, ask: compile(text), best: Number.POSITIVE_INFINITY, yes: 0 }))
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const one of contestants) {
        const [seconds, yes] = pass(one.ask)
        one.best = Math.min(one.best, seconds)
        one.yes = yes
      }
    }
    const ns = (seconds: number) => (seconds * 1e9) / samples
    console.log(`${title}; ${samples} samples, best of ${values.rounds}`)
    for (const { text, best, yes } of contestants) {
      const more = ns(best) - ns(contestants[0]!.best)
      const share = `${Math.round((yes / samples) * 100)} %`
      console.log(
        `${ns(best).toFixed(0).padStart(5)} ns  ${more.toFixed(0).padStart(4)} more  ${share.padStart(5)}  ${text}`,
      )
    }
  }
  compare('filters', filters, (text) => compileFilter(parseFilter(text, '--filter'), data))
  compare('keys', keys, keyQuestion)
} finally {
  rmSync(folder, { recursive: true })
}
