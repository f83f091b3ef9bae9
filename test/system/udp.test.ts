// UDP sources under garbage collection, in a user's shoes, and where the buffer is limited.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../helpers/cli.ts'
import { noLibc } from '../helpers/libc.ts'

test('garbage collected after every batch, 20,000 datagrams: all right, no crash', { skip: noLibc }, () => {
  const args = ['--expose-gc', '--import', 'tsx', 'test/helpers/udp-echo.ts', '20000']
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: repositoryRoot, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  assert.deepEqual(JSON.parse(stdout), {
    received: 20_000,
    wrong: 0,
    receiver: 'recvmmsg',
    why: 'koffi is there',
    via: 'sendmmsg',
    kernelDropped: 0,
  })
})

/** Opens as user nobody what is given in `options`, all modules loaded before; prints the error or the report. */
const asNobody = `
  import { parseUdpAddress } from './src/lib/parse/udp-address.ts'
  import { openUdp } from './src/lib/source/udp.ts'
  const at = (text) => [parseUdpAddress(text, 'address', 6343)]
  const warm = await openUdp({ addresses: at('udp://127.0.0.1:0') })
  await warm.close()
  process.setgroups([]), process.setgid(65534), process.setuid(65534)
  const [text, bufferBytes] = process.argv.slice(-2)
  try {
    const source = await openUdp({ addresses: at(text), bufferBytes: Number(bufferBytes) })
    console.log(JSON.stringify(source.report().live))
    await source.close()
  } catch ({ name, message, nextSteps }) {
    console.log(JSON.stringify({ name, message, nextSteps }))
  }`

const notRoot = process.getuid?.() === 0 ? false : 'needs root to become nobody'

function runAsNobody(address: string, bufferBytes: number): unknown {
  const args = ['--import', 'tsx', '--input-type=module', '-e', asNobody, address, `${bufferBytes}`]
  return JSON.parse(execFileSync(process.execPath, args, { cwd: repositoryRoot, encoding: 'utf8' }))
}

function sysctl(name: string): number {
  return Number(readFileSync(join('/proc/sys', name), 'utf8'))
}

test('a privileged port', { skip: notRoot || noLibc }, (t) => {
  if (sysctl('net/ipv4/ip_unprivileged_port_start') <= 514) return t.skip('ip_unprivileged_port_start is low here')
  assert.deepEqual(runAsNobody('udp://127.0.0.1:514', 1 << 20), {
    name: 'EnvironmentError',
    message: 'UDP port 514 is privileged: this user may not listen there.',
    nextSteps: [
      'Choose a port above 1023: --input udp://127.0.0.1:6343',
      'Or permit it to all users: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=514',
    ],
  })
})

test('a buffer beyond the limit is not granted to a user', { skip: notRoot || noLibc }, () => {
  const limit = sysctl('net/core/rmem_max')
  const live = runAsNobody('udp://127.0.0.1:0', 2 * limit) as { bufferAsked: number; bufferGranted: number }
  assert.deepEqual([live.bufferAsked, live.bufferGranted], [2 * limit, limit])
})
