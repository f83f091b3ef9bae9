// `sonde drops` with the programs that people put around it: tshark reads its packets and comments, jq its rows.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { shell, sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'

const missing = (program: string) =>
  spawnSync(program, ['--version']).error ? `the program \`${program}\` is not there` : false

/** Fields of each packet, with tabs between. */
function fieldsOf(path: string, ...fields: readonly string[]): string[][] {
  const { stdout, status, stderr } = spawnSync(
    'tshark',
    ['-r', path, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  assert.equal(status, 0, stderr)
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
}

function packetsOf(capture: string, ...args: readonly string[]): string {
  const path = temporaryPath('dropped.pcapng')
  const { stderr, code } = sonde(['drops', capture, '-f', 'pcap', '-o', path, ...args])
  assert.equal(stderr, '')
  assert.equal(code, 0)
  return path
}

describe('tshark reads dropped packets', { skip: missing('tshark') }, () => {
  test('with reasons as comments, an interface a place, at the time of the drop', () => {
    const path = packetsOf('fixtures/drops-every-record.pcap')
    assert.deepEqual(fieldsOf(path, 'frame.time_epoch', 'frame.interface_name', 'frame.comment'), [
      ['1768478399.980000000', '192.0.2.21 7 →', 'no_buffer_space (259, buffer/queue); queue 3'],
      ['1768478399.985000000', '192.0.2.21 3', 'acl (258, ACL); ACL no-dns'],
      ['1768478399.990000000', '192.0.2.21 9 →', 'acl (258, ACL); ACL v6-out'],
      ['1768478399.995000000', '192.0.2.21 3', 'blackhole_route (269, L3); trap blackhole_route (l3_drops)'],
      ['1768478399.999000000', '192.0.2.21 3', 'port_unreachable (3, ICMP unreachable); NO_SOCKET in __udp4_lib_rcv'],
    ])
  })

  test('with a filter, and flow samples whose output is a discard', () => {
    const path = packetsOf('fixtures/discard-interface.pcap', '--filter', 'reason=acl')
    assert.deepEqual(fieldsOf(path, 'frame.comment'), [
      ['acl (258, ACL); 1 in 1000 sampled'],
      ['acl (258, ACL); 1 in 1000 sampled'],
    ])
  })

  const dropmon = sharedPath('captures/agents/drops-dropmon-1.pcap')
  test('of a Linux router: each packet with its reason, none is malformed by us', {
    skip: dropmon === undefined,
  }, () => {
    const truth = sharedJson<{ by_sflow_code: Record<string, number> }>('captures/agents/drops-dropmon-1.truth.json')!
    const counts: Record<string, number> = {}
    const cut: string[] = []
    for (const [comment, length, captured, info] of fieldsOf(
      packetsOf(dropmon!),
      'frame.comment',
      'frame.len',
      'frame.cap_len',
      '_ws.col.Info',
    )) {
      const code = /\((\d+)[,)]/.exec(comment!)![1]!
      counts[code] = (counts[code] ?? 0) + 1
      assert.ok(Number(length) >= Number(captured))
      if (/BAD UDP LENGTH/.test(info!)) cut.push(info!)
    }
    assert.deepEqual(counts, truth.by_sflow_code)
    assert.deepEqual(cut, [])
  })
})

test('jq reads rows and their culprits', { skip: missing('jq') }, () => {
  const { stdout } = shell(
    `sonde drops fixtures/roce.pcap --topology fixtures/roce.topology.json --by reason,place | jq -c 'select(.kind=="drop") | [.reason, .node, .port, .direction, .packets, .culprits[0].src]'`,
  )
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    '["no_buffer_space","leaf4","swp4","out",45,"198.51.100.4"]',
    '["acl","leaf2","swp4","in",26,null]',
  ])
})
