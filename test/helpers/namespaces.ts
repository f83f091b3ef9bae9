// Owns network namespaces for tests as root: made with `ip`, entered by this thread (setns), removed whatever happens.

import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import type { Libc } from '../../src/lib/sys/libc.ts'
import { libc, noLibc } from './libc.ts'

/** setns(2): asm/unistd.h. */
const SETNS: Readonly<Record<string, number>> = { x64: 308, arm64: 268 }
const CLONE_NEWNET = 0x40000000

/** For `test(name, { skip: noNamespaces }, ...)`: not root, no `ip`, or not permitted to make one. */
export const noNamespaces: string | false = whyNone()

function whyNone(): string | false {
  if (noLibc) return noLibc
  if (process.getuid?.() !== 0) return 'needs root'
  const name = `sonde-try-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'del', name)
    return false
  } catch (error) {
    return `no network namespaces (${String(error).split('\n')[0]})`
  }
}

/** Runs ip(8). @throws with what it said */
export function ip(...words: string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Some namespaces of one test. Their real names hold the process id; here they go by short ones (`a`). */
export class Namespaces {
  readonly #made = new Map<string, number>()
  readonly #home = openSync('/proc/thread-self/ns/net', 'r')
  readonly #libc: Libc = libc
  static #count = 0
  #isRemoved = false
  readonly #mark = `sonde-${process.pid}-${Namespaces.#count++}`

  /** Also where a test file ends by an error that nobody caught. */
  readonly #atExit = () => this.remove()

  /** Makes namespaces with loopback up. */
  make(...names: string[]): void {
    if (this.#made.size === 0) process.once('exit', this.#atExit)
    for (const name of names) {
      ip('netns', 'add', this.realName(name))
      this.#made.set(name, openSync(`/run/netns/${this.realName(name)}`, 'r'))
      this.ip(name, 'link', 'set', 'lo', 'up')
      // Neighbour discovery would add packets of its own to what is counted.
      this.set(name, 'net.ipv6.conf.default.accept_dad', '0')
      this.set(name, 'net.ipv6.conf.default.disable_ipv6', '1')
    }
  }

  realName(name: string): string {
    return `${this.#mark}-${name}`
  }

  /** `ip -n NAME ...` */
  ip(name: string, ...words: string[]): string {
    return ip('-n', this.realName(name), ...words)
  }

  /** Several commands of `ip` in one process. */
  batch(name: string, lines: readonly string[]): void {
    const words = ['-n', this.realName(name), '-batch', '-']
    execFileSync('ip', words, { input: lines.join('\n'), stdio: ['pipe', 'pipe', 'pipe'] })
  }

  /** A veth pair with an end in each of two namespaces; both up. */
  veth(a: string, nameA: string, b: string, nameB: string): void {
    this.ip(a, 'link', 'add', nameA, 'type', 'veth', 'peer', 'name', nameB, 'netns', this.realName(b))
    this.ip(a, 'link', 'set', nameA, 'up')
    this.ip(b, 'link', 'set', nameB, 'up')
  }

  /** Sets a sysctl of the namespace: `net.ipv4.ip_forward`. */
  set(name: string, key: string, value: string): void {
    this.inside(name, () => writeFileSync(`/proc/sys/${key.replaceAll('.', '/')}`, value))
  }

  /** Runs something of this thread in the namespace: sockets made in it belong there for good. Must not await. */
  inside<T>(name: string, work: () => T): T {
    this.#enter(this.#made.get(name)!)
    try {
      return work()
    } finally {
      this.#enter(this.#home)
    }
  }

  /** As `inside`, for work that awaits: nothing else of this process may need a namespace meanwhile. */
  async stay<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#enter(this.#made.get(name)!)
    try {
      return await work()
    } finally {
      this.#enter(this.#home)
    }
  }

  /** ifIndex of an interface. */
  index(name: string, device: string): number {
    const words = JSON.parse(this.ip(name, '-j', 'link', 'show', 'dev', device)) as { ifindex: number }[]
    return words[0]!.ifindex
  }

  /** Packets and bytes of an interface's own counters. */
  counters(name: string, device: string): { rxPackets: number; txPackets: number; rxBytes: number; txBytes: number } {
    const text = this.inside(name, () => readFileSync('/proc/thread-self/net/dev', 'utf8'))
    const line = text.split('\n').find((each) => each.trim().startsWith(`${device}:`))!
    const words = line
      .slice(line.indexOf(':') + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
    return { rxBytes: words[0]!, rxPackets: words[1]!, txBytes: words[8]!, txPackets: words[9]! }
  }

  /** Removes all; to be called in `finally` or `after`. */
  remove(): void {
    if (this.#isRemoved) return
    this.#isRemoved = true
    process.off('exit', this.#atExit)
    for (const [name, fd] of this.#made) {
      closeSync(fd)
      try {
        ip('netns', 'del', this.realName(name))
      } catch {
        // Gone already.
      }
    }
    this.#made.clear()
    closeSync(this.#home)
  }

  #enter(fd: number): void {
    const result = this.#libc.syscall(SETNS[process.arch]!, fd, CLONE_NEWNET, 0, 0, 0, 0)
    if (result !== 0) throw new Error(`setns failed with errno ${this.#libc.errno()}`)
  }
}
