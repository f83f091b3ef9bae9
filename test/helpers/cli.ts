// Runs the built sonde as a child process, as a person would.

import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const repositoryRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const binPath = join(repositoryRoot, 'bin/run.js')

export interface CliResult {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

export interface CliOptions {
  readonly input?: string | Uint8Array
  /** Added to a clean environment: no colour variables, no SONDE_*. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/**
 * The program to run. @throws where it is not built: without it each test would fail by something else, or wait for what it does
 * not say
 */
export function builtSonde(): string {
  if (!existsSync(join(repositoryRoot, 'dist/main.js')))
    throw new Error('There is no dist/: run `npm run build` first.')
  return binPath
}

/** PATH and HOME of this process and nothing that changes what sonde prints. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', TZ: 'UTC', ...extra }
}

/** Runs `sonde ARGS` to its end, a minute at most; stdin is empty unless given. */
export function sonde(
  args: readonly string[],
  { input = '', env = {}, cwd = repositoryRoot }: CliOptions = {},
): CliResult {
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [builtSonde(), ...args], {
    input,
    cwd,
    env: cleanEnvironment(env),
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 28,
  })
  if (error) throw error
  return { stdout, stderr, code: status }
}

const knowsSonde = (script: string): string[] => ['-c', `sonde() { "$NODE" "$BIN" "$@"; }\n${script}`]
const whereSonde = () => ({ NODE: process.execPath, BIN: builtSonde() })

/** Runs a line of shell that knows `sonde` as a command; for pipes and closed ends. */
export function shell(script: string, env: Readonly<Record<string, string>> = {}): CliResult {
  const { stdout, stderr, status, error } = spawnSync('sh', knowsSonde(script), {
    cwd: repositoryRoot,
    env: cleanEnvironment({ ...whereSonde(), ...env }),
    encoding: 'utf8',
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (error) throw error
  return { stdout, stderr, code: status }
}

/** Starts `sonde ARGS` and leaves it running; stdin is empty and both outputs are pipes unless `options` says else. */
export function startSonde(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(process.execPath, [builtSonde(), ...args], {
    cwd: repositoryRoot,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  })
}

/** As shell, but left running. */
export function startShell(script: string): ChildProcess {
  return spawn('sh', knowsSonde(script), {
    cwd: repositoryRoot,
    env: cleanEnvironment(whereSonde()),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** What a started process writes from now on, when it has ended. */
export function ended(child: ChildProcess): Promise<CliResult> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (bytes: Buffer) => out.push(bytes))
  child.stderr?.on('data', (bytes: Buffer) => err.push(bytes))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), code })
    })
  })
}

/** Of a running process, from /proc: CPU time in steps of 10 ms, and resident memory. */
export function cpuAndMemory({ pid }: ChildProcess): { cpuMs: number; memory: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  return { cpuMs: (Number(stat[11]) + Number(stat[12])) * 10, memory: Number(kilobytes) * 1024 }
}

/** Until a started process has worked, and then hardly for half a second: it has begun, and waits for a reader or for input. */
export async function waits(child: ChildProcess): Promise<{ cpuMs: number; memory: number }> {
  const end = performance.now() + 30_000
  for (let before = cpuAndMemory(child); performance.now() < end; ) {
    await sleep(500)
    const now = cpuAndMemory(child)
    if (now.cpuMs > 50 && now.cpuMs - before.cpuMs < 100) return now
    before = now
  }
  throw new Error('it works on and on')
}

/** Until it has written something like this to stderr. */
export async function says(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      if (pattern.test(text)) resolve()
    })
    child.once('close', () => reject(new Error(`it ended without ${pattern}:\n${text}`)))
  })
}
