import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCapabilities } from '../../src/lib/sys/capabilities.ts'

const rows: readonly (readonly [name: string, text: string, want: readonly string[] | undefined])[] = [
  [
    'root',
    'Name:\tnode\nCapPrm:\t0000000000000000\nCapEff:\t000001ffffffffff\nCapBnd:\t0\n',
    ['CAP_NET_BIND_SERVICE', 'CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_SYS_ADMIN', 'CAP_PERFMON', 'CAP_BPF'],
  ],
  ['a user', 'CapEff:\t0000000000000000\n', []],
  ['bit 13 only', 'CapEff:\t0000000000002000\n', ['CAP_NET_RAW']],
  ['bit 39 only', 'CapEff:\t0000008000000000\n', ['CAP_BPF']],
  ['bit 38 only', 'CapEff:\t0000004000000000\n', ['CAP_PERFMON']],
  // As docker runs a process of root where nothing is said.
  ['a container', 'CapEff:\t00000000a80425fb\n', ['CAP_NET_BIND_SERVICE', 'CAP_NET_RAW']],
  ['no such line', 'Name:\tnode\nCapPrm:\t00\n', undefined],
  ['no number', 'CapEff:\tall of them\n', undefined],
  ['nothing', '', undefined],
]
for (const [name, text, want] of rows) {
  test(`capabilities of ${name}`, () => {
    const found = parseCapabilities(text)
    assert.deepEqual(found && [...found], want)
  })
}
