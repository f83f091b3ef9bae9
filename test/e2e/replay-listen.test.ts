// A capture, replayed into sonde listen, gives what sonde decode gives of the file.

import assert from 'node:assert/strict'
import { createReadStream, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { ended, repositoryRoot, startSonde } from '../helpers/cli.ts'
import { waitingBytes } from '../helpers/listener.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { sharedPath } from '../helpers/shared.ts'

function captures(): string[] {
  const folders = [join(repositoryRoot, 'fixtures')]
  for (const name of ['captures/sflow', 'captures/agents']) {
    const folder = sharedPath(name)
    if (folder !== undefined) folders.push(folder)
  }
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.pcap(ng)?$/.test(name))
      .map((name) => join(folder, name)),
  )
}

/** Lines of a file of NDJSON without what depends on the way: when it came, and from where. */
async function* objects(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    yield line.replace(/^\{"time":"[^"]*",("sender":"[^"]*",)?("sender_port":\d+,)?/, '{')
  }
}

/** Runs to its end with stdout in a file, as the other side of the comparison is. */
async function written(args: readonly string[]): Promise<string> {
  const path = temporaryPath('out.ndjson')
  const child = startSonde(args, { stdio: ['ignore', openSync(path, 'w'), 'pipe'] })
  const { code, stderr } = await ended(child)
  assert.ok(code === 0 || code === 3, stderr)
  return path
}

test('replay into listen gives the objects that decode gives', { timeout: 90_000 }, async (t) => {
  const inputs = captures()
  const decoded = await written(['decode', ...inputs, '-f', 'ndjson'])
  const received = temporaryPath('listen.ndjson')
  const listen = startSonde(['listen', '-i', 'udp://127.0.0.1:0', '-f', 'ndjson'], {
    stdio: ['ignore', openSync(received, 'w'), 'pipe'],
  })
  let said = ''
  listen.stderr!.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  const end = ended(listen)
  try {
    while (!/:(\d+) with/.test(said) && listen.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 10))
    const port = /:(\d+) with/.exec(said)?.[1]
    const replay = await ended(startSonde(['replay', ...inputs, '--to', `127.0.0.1:${port}`, '--pps', '2500']))
    assert.match(replay.stdout, /"not_sent":\{\}/)
    // What has been read is printed before it ends.
    for (let i = 0; i < 200 && waitingBytes(Number(port)) > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    await new Promise((resolve) => setTimeout(resolve, 500))
  } finally {
    listen.kill('SIGINT')
  }
  const { stderr } = await end
  const live = objects(received)
  let lines = 0
  for await (const want of objects(decoded)) {
    const { value } = await live.next()
    lines++
    assert.equal(value, want, `line ${lines}\n${stderr}`)
  }
  assert.equal((await live.next()).done, true)
  t.diagnostic(`${lines} objects`)
  assert.ok(lines > 500)
})
