// `sonde sample` where nothing of the kernel is needed: what is refused before it is asked. The rest is in test/kernel.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sonde } from '../helpers/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'sonde-sample-'))
after(() => rmSync(folder, { recursive: true }))
const config = join(folder, 'hsflowd.conf')
writeFileSync(config, 'sflow {\n  polling = often\n}\n')
const empty = join(folder, 'empty.conf')
writeFileSync(empty, 'sflow { collector { ip = 192.0.2.1 } }\n')

for (const { args, message } of [
  { args: [], message: /^Which interfaces\? Give their names, or patterns of names\./ },
  { args: ['--config', empty], message: /^Which interfaces\?[\s\S]*has no pcap or epcap block/ },
  { args: ['--config', config], message: /hsflowd\.conf:2: polling is "often", needed a whole number/ },
  { args: ['--config', join(folder, 'none.conf')], message: /there is no such file/ },
  { args: ['eth0', '--rate', '0'], message: /--rate "0" is not understood/ },
  { args: ['eth0', '--rate', 'eth0=often'], message: /--rate "often" is not understood/ },
  {
    args: ['eth0', '--snaplen', '9'],
    message: /--snaplen "9" is not understood\. Give a whole number from 14 to 256\./,
  },
  {
    args: ['eth0', '--direction', 'in'],
    message: /--direction "in" is not understood\. Give one of ingress, egress, both\./,
  },
  { args: ['eth0', '--method', 'xdp'], message: /--method "xdp" is not understood/ },
  { args: ['eth[0'], message: /the \[ has no \]/ },
  { args: ['eth0', '--to', '192.0.2.1', '--filter', 'proto=6'], message: /--filter chooses what is printed/ },
  { args: ['eth0', '--filter', 'nosuch=6'], message: /nosuch/ },
  { args: ['eth0', '--fields', 'nosuch'], message: /nosuch/ },
  { args: ['eth0', '--topology', 'x.json'], message: /--topology is of use with --filter only/ },
] as const) {
  test(`refused: sonde sample ${args.join(' ').replaceAll(folder, '')}`, () => {
    const { code, stdout, stderr } = sonde(['sample', ...args])
    assert.equal(code, 2, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, message)
  })
}
