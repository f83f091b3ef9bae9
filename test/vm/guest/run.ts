// Runs in the guest, on Node alone: tries sonde's commands as a user does, in network namespaces, and writes one JSON object a
// test to standard output (the second serial line). What a kernel must be able to do, by its release, is typed out here.

import { spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import { release } from 'node:os'
import type { GuestTest } from './names.ts'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Under TCG Node alone takes seconds to start. */
const LIMIT_MS = 90_000

function run(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (bytes: Buffer) => {
      stdout += bytes.toString()
    })
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString()
    })
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
    child.on('close', (code) => {
      clearTimeout(limit)
      resolve({ code, stdout, stderr })
    })
  })
}

const sonde = (...args: string[]): Promise<Ended> => run('/bin/node', ['/sonde/bin/run.js', ...args])

const tests: Record<GuestTest, () => Promise<void>> = {
  doctor: async () => {
    const { code, stdout, stderr } = await sonde('doctor', '-f', 'json')
    if (code !== 0 || stdout === '') throw new Error(`${code} ${stderr} ${stdout}`)
  },
}

let failed = 0
for (const [name, body] of Object.entries(tests)) {
  let detail: string | undefined
  try {
    await body()
  } catch (error) {
    failed++
    detail = `${release()}: ${String((error as Error).message).slice(-1500)}`
  }
  writeSync(1, `${JSON.stringify({ name, ok: detail === undefined, detail })}\n`)
}
process.exitCode = failed > 0 ? 1 : 0
