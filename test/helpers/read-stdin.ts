// Reads a capture from stdin in a child process and prints what it found as one line of JSON. `first` as argument: only
// the first batch, then the source is closed while the pipe is still open. `close`: the source is closed while it waits.

import { InputError } from '../../src/lib/errors.ts'
import { openCapture } from '../../src/lib/source/open.ts'

async function main(): Promise<unknown> {
  const source = await openCapture('-')
  let datagrams = 0
  let bytes = 0
  if (process.argv[2] === 'close') setTimeout(() => void source.close(), 200)
  for await (const batch of source.batches()) {
    datagrams += batch.count
    for (let i = 0; i < batch.count; i++) bytes += batch.length[i]!
    if (process.argv[2] === 'first') break
  }
  await source.close()
  const report = source.report()
  const issues = report.issues.map((issue) => issue.kind)
  return { datagrams, bytes, issues, bytesTotal: report.bytesTotal ?? null }
}

main().then(
  (result) => process.stdout.write(`${JSON.stringify(result)}\n`),
  (error: unknown) => {
    if (!(error instanceof InputError)) throw error
    process.stdout.write(`${JSON.stringify({ error: error.message })}\n`)
  },
)
