// tshark and sflowtool receive a replay whole; and what a person sees of one on a terminal.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { binPath, cleanEnvironment, ended, repositoryRoot, startSonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { findSflowtool, sflowtoolLines } from '../helpers/sflowtool.ts'
import { sharedPath } from '../helpers/shared.ts'
import { UdpReceiver } from '../helpers/udp-receiver.ts'
import { recordedDatagrams } from '../replay/feed.ts'

const fixtures = ['mixed', 'zipf', 'edges'].map((name) => join(repositoryRoot, 'fixtures/line', `${name}.pcap`))
const shared = sharedPath('captures/sflow/overflowd-1-600.pcap')
const captures = shared === undefined ? fixtures : [...fixtures, shared]

/** A port that nobody has just now. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

async function replayTo(port: number, path: string): Promise<void> {
  const { code, stderr } = await ended(startSonde(['replay', path, '--to', `127.0.0.1:${port}`, '--pps', '1000']))
  assert.equal(code, 0, stderr)
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Ends a process that was started here, and waits for its end. */
async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'close')
}

const noTshark = spawnSync('tshark', ['--version']).error ? 'tshark is not there' : false

test('tshark receives every datagram, and finds its samples', { skip: noTshark, timeout: 90_000 }, async (t) => {
  const path = captures.at(-1)!
  const want = (await recordedDatagrams(path)).map(({ bytes }) => Buffer.from(bytes).toString('hex'))
  const port = await freePort()
  const args = ['-i', 'lo', '-n', '-l', '-f', `udp dst port ${port}`, '-c', String(want.length)]
  const fields = ['-d', `udp.port==${port},sflow`, '-T', 'fields', '-e', 'udp.payload', '-e', 'sflow_245.numsamples']
  const tshark = spawn('tshark', [...args, ...fields], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  tshark.stderr.on('data', (text: Buffer) => {
    complaints += text.toString()
  })
  const end = ended(tshark)
  while (!complaints.includes('Capturing on') && tshark.exitCode === null) await wait(20)
  if (tshark.exitCode !== null) return t.skip(`tshark can't capture on lo: ${complaints.trim().split('\n').at(-1)}`)
  // It says so a little before it does.
  await wait(1000)
  await replayTo(port, path)
  const timer = setTimeout(() => tshark.kill('SIGINT'), 40_000)
  const { stdout } = await end
  clearTimeout(timer)
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  assert.deepEqual(
    rows.map(([payload]) => payload),
    want,
  )
  const announced = want.map((hex) =>
    Number.parseInt(hex.slice(hex.startsWith('0000000500000002') ? 80 : 48).slice(0, 8), 16),
  )
  assert.deepEqual(
    rows.map(([, samples]) => Number(samples)),
    announced,
  )
})

const tool = findSflowtool()
const noTool = tool === undefined ? 'sflowtool not found: set SFLOWTOOL or PATH' : false

test('sflowtool receives every sample', { skip: noTool, timeout: 60_000 }, async () => {
  for (const path of captures) {
    const { lines } = sflowtoolLines(tool!, path)
    const want = lines.split('\n').length
    const port = await freePort()
    const output = temporaryPath('sflowtool.txt')
    // In the order of a pipe it would keep the last lines to itself when it is ended.
    const child = spawn('sh', [
      '-c',
      'exec stdbuf -oL "$0" -4 -p "$1" -l >"$2" 2>/dev/null',
      tool!,
      String(port),
      output,
    ])
    try {
      await wait(500)
      await replayTo(port, path)
      let received = ''
      for (let n = 0; n < 50 && received.split('\n').length < want; n++) {
        await wait(100)
        received = readFileSync(output, 'utf8')
      }
      assert.equal(received, lines, path)
    } finally {
      await stopped(child)
    }
  }
})

const noScript = spawnSync('script', ['--version']).error ? 'the program `script` is not there' : false

test('on a terminal a bar tells how far it is, and is gone at the end', { skip: noScript }, async () => {
  const receiver = await UdpReceiver.open()
  const path = join(repositoryRoot, 'fixtures/loss-and-restart.pcap')
  const count = (await recordedDatagrams(path)).length
  const pps = Math.ceil(count / 3)
  const command = `'${process.execPath}' '${binPath}' replay '${path}' --to 127.0.0.1:${receiver.port} --pps ${pps}`
  const child = spawn('script', ['-qec', `stty cols 150; ${command}`, '/dev/null'], {
    env: cleanEnvironment({ TERM: 'xterm-256color' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { stdout } = await ended(child)
  await receiver.close()
  const bars = stdout.split('\r').filter((line) => line.includes('█'))
  assert.ok(bars.length > 3, JSON.stringify(stdout))
  const found = new RegExp(
    `loss-and-restart\\.pcap → 127\\.0\\.0\\.1:\\d+ +█\\S* +\\d+ %   \\d+ of ${count}   late p99 \\d+\\.\\d ms`,
  )
  for (const bar of bars) assert.match(bar, found)
  // Wiped, then the summary; nothing for programs.
  assert.match(stdout, new RegExp(`\\r\\u001b\\[KSent ${count} datagrams, `))
  assert.ok(!stdout.includes('{"input"'))
})
