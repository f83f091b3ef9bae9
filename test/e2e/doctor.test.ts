// `sonde doctor` as a program: formats, exit codes, and that what it says of this machine is so.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import type { Finding } from '../../src/lib/doctor/finding.ts'
import { shell, sonde } from '../helpers/cli.ts'
import { noLibc } from '../helpers/libc.ts'

const parse = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Finding)
const find = (findings: readonly Finding[], what: string) => findings.find((one) => one.what === what)!

test('NDJSON in a pipe: one finding a line, each whole', () => {
  const { stdout, stderr, code } = sonde(['doctor'])
  assert.deepEqual([stderr, code], ['', 0])
  const findings = parse(stdout)
  assert.ok(findings.length >= 12, stdout)
  for (const finding of findings) {
    assert.deepEqual(Object.keys(finding), ['what', 'state', 'found', 'means', 'advice'])
    assert.match(finding.state, /^(ok|limited|no)$/)
    assert.match(finding.means, /^[A-Zs].*\.$/)
    assert.ok(finding.found !== '' && finding.what !== '')
  }
  assert.equal(new Set(findings.map(({ what }) => what)).size, findings.length)
})

test('what it says is so', () => {
  const findings = parse(sonde(['doctor']).stdout)
  assert.equal(find(findings, 'Node.js').found, `${process.version}, ${process.platform} ${process.arch}`)
  assert.equal(find(findings, 'processors').found, String(availableParallelism()))
  assert.match(find(findings, 'receiver').found, /: 4 of 4 datagrams came back over loopback/)
})

test('with koffi: recvmmsg, and the limit of the buffer', { skip: noLibc }, () => {
  const findings = parse(sonde(['doctor']).stdout)
  assert.match(find(findings, 'receiver').found, /^recvmmsg: /)
  const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8')) / (1 << 20)
  const said = Number(/rmem_max ([\d.]+) MiB$/.exec(find(findings, 'receive buffer').found)![1])
  assert.ok(Math.abs(said - limit) < 0.01, `${said} MiB, ${limit} MiB`)
})

test('json is the same as one array; the table has a line for each', () => {
  const names = (findings: readonly Finding[]) => findings.map(({ what }) => what)
  const json = JSON.parse(sonde(['doctor', '--format', 'json']).stdout) as Finding[]
  const ndjson = parse(sonde(['doctor', '-f', 'ndjson']).stdout)
  assert.deepEqual(names(json), names(ndjson))
  const { stdout, stderr, code } = sonde(['doctor', '-f', 'table'])
  assert.deepEqual([stderr, code], ['', 0])
  assert.match(stdout, /^state +what +found\n─+\n/)
  for (const name of names(json)) assert.match(stdout, new RegExp(`^(ok|limited|no) +${name} +\\S`, 'm'))
  // Advice is there to be copied: it alone may be longer.
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80 || line.startsWith('  '), line)
  assert.ok(!stdout.includes('\u001b'))
})

test('--exit-code is 1 where something says no, else 0; without it always 0', () => {
  const { stdout, code } = sonde(['doctor', '--exit-code'])
  const red = parse(stdout).some(({ state }) => state === 'no')
  assert.equal(code, red ? 1 : 0)
})

test('a closed pipe is a normal end', () => {
  const { stderr } = shell('{ sonde doctor; echo "exit $?" >&2; } | true')
  assert.equal(stderr, 'exit 0\n')
})
