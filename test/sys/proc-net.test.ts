// The tables of UDP sockets: text as Linux writes it, and this machine's own.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { kernelDrops, ownSocketInodes, parseUdpTable, readUdpTables } from '../../src/lib/sys/proc-net.ts'

const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops             
 3261: 00000000:18C7 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 117231 2 0000000000000000 41        
 4021: 0100007F:0035 00000000:0000 07 00000000:00000900 00:00000000 00000000   101        0 20114 2 0000000000000000 0         
`
const table6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 3261: 00000000000000000000000000000000:18C7 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 117232 2 0000000000000000 4294967295
`

test('rows of /proc/net/udp and udp6', () => {
  assert.deepEqual(parseUdpTable(table), [
    { port: 6343, inode: 117_231, drops: 41 },
    { port: 53, inode: 20_114, drops: 0 },
  ])
  assert.deepEqual(parseUdpTable(table6), [{ port: 6343, inode: 117_232, drops: 4_294_967_295 }])
})

test('what is no such table has no rows', () => {
  for (const text of ['', '\n', 'header\nsome words\n', `header\n${'x '.repeat(20)}\n`])
    assert.deepEqual(parseUdpTable(text), [])
})

test('a socket of this process is found', { skip: process.platform === 'linux' ? false : 'needs /proc' }, async () => {
  const before = ownSocketInodes()
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const mine = readUdpTables()!.filter((entry) => entry.port === port)
  assert.equal(mine.length, 1)
  assert.ok(ownSocketInodes().has(mine[0]!.inode))
  assert.ok(!before.has(mine[0]!.inode))
  assert.equal(kernelDrops(new Set([mine[0]!.inode])), 0)
  assert.equal(kernelDrops(new Set([undefined, 1])), undefined)
  socket.close()
})
