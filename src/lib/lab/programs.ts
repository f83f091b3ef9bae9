// Owns running the programs that the lab is made with: ip, tc, nft. Knows no plan. See lab.ts for the folder.

import { spawn } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EnvironmentError } from '../errors.ts'
import type { Environment } from './options.ts'

/** Where programs of root are that a user's PATH does not have. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin']

/** Which package has a program: Debian's name. */
const packages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  tc: 'iproute2',
  nft: 'nftables',
  unshare: 'util-linux',
}

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * A program's full path.
 * @returns undefined where it is nowhere
 */
export function findProgram(name: string, environment: Environment): string | undefined {
  const folders = [...(environment.PATH ?? '').split(':').filter((folder) => folder !== ''), ...SYSTEM_FOLDERS]
  for (const folder of folders) {
    const path = join(folder, name)
    if (isExecutable(path)) return path
  }
  return undefined
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Runs programs of one lab. */
export class Programs {
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /**
   * @param name or a path, which is taken as it is
   * @throws EnvironmentError where it is not installed, with what to install
   */
  path(name: string): string {
    if (name.includes('/')) return name
    const path = findProgram(name, this.#environment)
    if (path !== undefined) return path
    const from = packages[name]
    throw new EnvironmentError(
      `The program "${name}" is not there.`,
      from === undefined ? [] : [`Install it: apt install ${from}`],
    )
  }

  /** Runs it to its end, whatever that is. @throws EnvironmentError where it can't be started */
  async try(name: string, args: readonly string[], input = ''): Promise<Ended> {
    const path = this.path(name)
    return new Promise((resolve, reject) => {
      const child = spawn(path, args, { stdio: 'pipe', env: { ...this.#environment } })
      let stdout = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      child.once('error', (cause) => {
        reject(new EnvironmentError(`"${name}" can't be started: ${cause.message}.`, [], { cause }))
      })
      child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr }))
      // A program that has ended does not read; what it said is the reason.
      child.stdin.on('error', () => {})
      child.stdin.end(input)
    })
  }

  /**
   * Runs it to a good end.
   * @returns its stdout
   * @throws EnvironmentError with the first line of what it says
   */
  async run(name: string, args: readonly string[], input = ''): Promise<string> {
    const { code, stdout, stderr } = await this.try(name, args, input)
    if (code === 0) return stdout
    throw new EnvironmentError(`${name} ${args.join(' ')} failed: ${reasonOf(stderr, code)}.`)
  }

  /** Some lines of ip(8) in one call, in the namespace or, where it is undefined, here. */
  async ip(netns: string | undefined, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return
    const where = netns === undefined ? [] : ['-n', netns]
    await this.run('ip', [...where, '-batch', '-'], `${lines.join('\n')}\n`)
  }

  /** Runs a program in a namespace to a good end. */
  runIn(netns: string, name: string, args: readonly string[], input = ''): Promise<string> {
    return this.run('ip', ['netns', 'exec', netns, this.path(name), ...args], input)
  }

  /** Runs a program in a namespace to its end, whatever that is. */
  tryIn(netns: string, name: string, args: readonly string[], input = ''): Promise<Ended> {
    return this.try('ip', ['netns', 'exec', netns, this.path(name), ...args], input)
  }
}

/** What a program says, as a clause: its first line that says something, without `Error: ` before it. */
function reasonOf(stderr: string, code: number): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  const line = lines.find((text) => text !== '' && !text.startsWith('Command failed')) ?? ''
  const said = line.replace(/^(RTNETLINK answers|Error): /, '').replace(/\.$/, '')
  return said === '' ? `it ended with ${code}` : said
}

/** Why a program in the background has ended: the first line of its log, as the end of a sentence. */
export function lastWords(log: string): string {
  try {
    const [first = ''] = readFileSync(log, 'utf8').trim().split('\n')
    if (first !== '') return first
  } catch {
    // It could not even be started.
  }
  return 'it said nothing.'
}
