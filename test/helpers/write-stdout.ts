// Writes 200,000 numbered lines to stdout through FdSink in a child process, with the pipe made non-blocking, as a
// program that shares it may do; says on stderr how often it had to wait.

import { FdSink } from '../../src/lib/sink/fd-sink.ts'

async function main(): Promise<void> {
  // Touching process.stdout makes Node open the pipe, and libuv sets O_NONBLOCK on it.
  process.stdout.on('error', () => undefined)
  const sink = new FdSink(1, 'stdout')
  let waited = 0
  for (let i = 0; i < 200_000 && !sink.closed; i += 1000) {
    const lines = Array.from({ length: 1000 }, (_, k) => `${i + k} ${'x'.repeat(32)}\n`).join('')
    if (sink.write(new TextEncoder().encode(lines))) continue
    waited++
    await sink.drain()
  }
  await sink.close()
  process.stderr.write(`waited ${waited} times, closed ${sink.closed}\n`)
}

void main()
