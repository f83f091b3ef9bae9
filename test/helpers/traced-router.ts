// Owns three network namespaces in a row for tests of traces as root: a 10.1.0.1 ─ 10.1.0.2 r 10.2.0.1 ─ 10.2.0.2 b. r forwards.

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import type { TraceWish } from '../../src/lib/kernel/trace/trace-watch.ts'
import { sendDatagrams } from './heard-drops.ts'
import { type HeardStep, HeardSteps } from './heard-steps.ts'
import { Namespaces } from './namespaces.ts'

/** For `test(name, { skip: noNft }, ...)`. */
export const noNft: string | false = spawnSync('nft', ['--version']).error ? 'the program `nft` is not there' : false
export const noPython: string | false = spawnSync('python3', ['--version']).error
  ? 'the program `python3` is not there'
  : false

export class TracedRouter {
  readonly spaces = new Namespaces()
  /** Inodes of the namespaces by their short names. */
  readonly inode: Record<string, number> = {}

  /** To be called in `before`; neighbours are known then. */
  make(): void {
    const { spaces } = this
    spaces.make('a', 'r', 'b')
    spaces.veth('a', 'a0', 'r', 'ra')
    spaces.veth('r', 'rb', 'b', 'b0')
    spaces.ip('a', 'addr', 'add', '10.1.0.1/24', 'dev', 'a0')
    spaces.ip('r', 'addr', 'add', '10.1.0.2/24', 'dev', 'ra')
    spaces.ip('r', 'addr', 'add', '10.2.0.1/24', 'dev', 'rb')
    spaces.ip('b', 'addr', 'add', '10.2.0.2/24', 'dev', 'b0')
    spaces.ip('a', 'route', 'add', 'default', 'via', '10.1.0.2')
    spaces.ip('b', 'route', 'add', 'default', 'via', '10.2.0.1')
    spaces.set('r', 'net.ipv4.ip_forward', '1')
    for (const name of ['a', 'r', 'b']) {
      this.inode[name] = statSync(`/run/netns/${spaces.realName(name)}`).ino
      // Each ICMP answer is sent, so that none is waited for.
      spaces.set(name, 'net.ipv4.icmp_ratelimit', '0')
    }
    this.send(9)
    sendDatagrams(spaces, { from: 'b', to: '10.1.0.1', port: 9, count: 1 })
  }

  remove(): void {
    this.spaces.remove()
  }

  /** Traces while `work` goes on; keeps what is met in the three namespaces. */
  async heard(wish: Partial<TraceWish>, work: (heard: HeardSteps) => Promise<void>): Promise<void> {
    const steps = await HeardSteps.open(Object.values(this.inode), wish)
    try {
      await work(steps)
    } finally {
      steps.close()
    }
  }

  /** Datagrams of 20 bytes from a to b. */
  send(port: number, count = 1): void {
    sendDatagrams(this.spaces, { from: 'a', to: '10.2.0.2', port, count })
  }

  /** Puts in nft's commands. */
  nft(space: string, ...lines: string[]): void {
    execFileSync('ip', [...this.#inside(space), 'nft', '-f', '-'], { input: lines.join('\n') })
  }

  /** Runs a program in a namespace, until it ends. @returns its exit code */
  run(space: string, program: string, ...words: string[]): number | null {
    return spawnSync('ip', [...this.#inside(space), program, ...words]).status
  }

  /** Runs a program in a namespace while `work` goes on; it says something as soon as it is ready. */
  async beside(space: string, words: readonly string[], work: (ended: () => boolean) => Promise<void>): Promise<void> {
    const child = spawn('ip', [...this.#inside(space), ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await once(child.stdout, 'data')
      await work(() => child.exitCode === 0)
    } finally {
      child.kill()
    }
  }

  #inside(space: string): string[] {
    return ['netns', 'exec', this.spaces.realName(space)]
  }
}

/** `net_dev_queue a0`; with a reason `kfree_skb b0 NO_SOCKET`. */
export function placeOf({ functionName, interfaceName, reason }: HeardStep): string {
  return [functionName, interfaceName, reason].filter((word) => word !== '').join(' ')
}

/** Whether the places are among the steps, in their order. */
export function assertWay(steps: readonly HeardStep[], expected: readonly string[]): void {
  const found = steps.map(placeOf)
  let at = 0
  for (const each of expected) {
    at = found.indexOf(each, at) + 1
    if (at === 0) assert.fail(`${each} is not behind those before it in: ${found.join(', ')}`)
  }
}

/** Whether a packet reached its end by being dropped. */
export const isDropped = (steps: readonly HeardStep[]): boolean => steps.some((x) => x.functionName === 'kfree_skb')
