import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { filterNames } from '../../src/lib/pcap-filter/names.ts'
import { runFilter } from '../../src/lib/pcap-filter/run.ts'
import { readNameFiles } from '../../src/lib/sys/name-files.ts'
import { compileFilters } from '../../src/lib/trace/filters.ts'
import { netnsNames } from '../../src/lib/trace/netns.ts'

const packet = '45000028000140004006266d0a0000010a000002981401bb00000001000000005002faf000000000'
const network = Uint8Array.from(Buffer.from(packet, 'hex'))
const link = Uint8Array.from(Buffer.from(`0200000000020200000000010800${packet}`, 'hex'))

const taken = (text: string): [link: boolean, network: boolean] => {
  const programs = compileFilters(text, filterNames())
  return [
    runFilter(programs.link, link, 0, link.length, link.length) > 0,
    runFilter(programs.network, network, 0, network.length, network.length) > 0,
  ]
}

test('an expression is compiled for frames, and for packets without a link layer', () => {
  assert.deepEqual(taken('port https'), [true, true])
  assert.deepEqual(taken('tcp[tcpflags] & tcp-syn != 0 and host 10.0.0.2'), [true, true])
  assert.deepEqual(taken('udp'), [false, false])
  assert.deepEqual(taken('not udp'), [true, true])
})

test('what asks for a link layer takes no packet that has none', () => {
  assert.deepEqual(taken('ether host 02:00:00:00:00:02'), [true, false])
  assert.deepEqual(taken('not ether host 02:00:00:00:00:03'), [true, false])
})

test('what is no expression is an error', () => {
  for (const text of ['port', 'tcp and udp', 'host nobody.example', '(']) {
    assert.throws(() => compileFilters(text, filterNames()), InputError, text)
  }
})

test("the machine's own names, as far as there are", () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-names-'))
  try {
    assert.deepEqual(readNameFiles(folder), {})
    writeFileSync(join(folder, 'services'), 'own-service 443/tcp\n')
    writeFileSync(join(folder, 'hosts'), '10.0.0.2 server\n')
    const names = readNameFiles(folder)
    assert.deepEqual(names, { services: 'own-service 443/tcp\n', hosts: '10.0.0.2 server\n' })
    const programs = compileFilters('port own-service and host server', filterNames(names))
    assert.ok(runFilter(programs.network, network, 0, network.length, network.length) > 0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('names of namespaces: not of the own one, and none where they are not wanted', () => {
  const names = { of: (inode: number) => (inode === 1 ? 'this' : inode === 2 ? 'blue' : '') }
  assert.deepEqual([1, 2, 3].map(netnsNames(true, names)), ['', 'blue', ''])
  assert.deepEqual([1, 2, 3].map(netnsNames(false, names)), ['', '', ''])
})
