// How the guest tests run programs, and the two network namespaces that they use: 10.9.0.1 (a) and 10.9.0.2 (b) on a veth pair.

import { spawn } from 'node:child_process'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Under TCG Node alone takes seconds to start. */
const LIMIT_MS = 90_000

/** Runs a program to its end. */
export function run(program: string, ...args: string[]): Promise<Ended> {
  return start(program, ...args).ended
}

export interface Started {
  readonly ended: Promise<Ended>
  /** Resolves when standard error holds the words; rejects with all of it when the program ends before, or a minute passes. */
  says(words: RegExp): Promise<void>
  /** Resolves when standard output holds the words `count` times, or a time has passed: what is missing then is told by the test. */
  prints(words: RegExp, count: number): Promise<void>
  stop(): void
}

export function start(program: string, ...args: string[]): Started {
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
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      clearTimeout(limit)
      resolve({ code, stdout, stderr })
    })
  })
  return {
    ended,
    stop: () => child.kill('SIGINT'),
    prints: async (words, count) => {
      const every = new RegExp(words, 'gm')
      for (let waited = 0; waited < 15_000 && (stdout.match(every)?.length ?? 0) < count; waited += 100)
        await sleep(100)
    },
    says: async (words) => {
      let over = false
      void ended.then(() => {
        over = true
      })
      for (let waited = 0; waited < 60_000 && !over; waited += 100) {
        if (words.test(stderr)) return
        await sleep(100)
      }
      throw new Error(`never said ${words}: ${stderr}`)
    },
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const SONDE = ['/bin/node', '/sonde/bin/run.js'] as const

/** `sonde ...` in a network namespace. */
export const sondeIn = (netns: string, ...args: string[]): Started =>
  start('/bin/ip', 'netns', 'exec', netns, ...SONDE, ...args)

export const startSonde = (...args: string[]): Started => start(...SONDE, ...args)

export const sonde = (...args: string[]): Promise<Ended> => run(SONDE[0], SONDE[1], ...args)

/** Runs a line of a shell; @throws Error with what it said. */
export async function must(line: string): Promise<void> {
  const { code, stderr } = await run('/bin/sh', '-c', line)
  if (code !== 0) throw new Error(`${line}: ${stderr}`)
}

export const NETWORK = [
  '/bin/ip netns add a; /bin/ip netns add b',
  '/bin/ip link add va netns a type veth peer name vb netns b',
  '/bin/ip -n a addr add 10.9.0.1/24 dev va; /bin/ip -n b addr add 10.9.0.2/24 dev vb',
  'for n in a b; do /bin/ip -n $n link set lo up; done',
  '/bin/ip -n a link set va up; /bin/ip -n b link set vb up',
] as const
