// Owns names of addresses by reverse DNS: asked when a row is written, never waited for on the hot path; bounded in
// number, in time and in questions at once. Knows no resolver's configuration: it is the system's. Start at DnsNames.

import { Resolver } from 'node:dns/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { formatIp } from '../../wire/json.ts'
import type { NameService } from '../data.ts'

/** Addresses whose answer is kept; the oldest goes. */
const MOST_NAMES = 65_536
/** Questions under way; more wait until they are asked for again. */
const MOST_QUESTIONS = 256
const TIMEOUT_MS = 2000
/** An address without a name is asked for again after this. */
const RETRY_MS = 300_000

/** Gives the names of an address; rejects where it has none. */
export type Reverse = (address: string) => Promise<readonly string[]>

interface Answer {
  readonly name: string | undefined
  readonly atMs: number
}

export class DnsNames implements NameService {
  readonly #reverse: Reverse
  readonly #cancel: () => void
  readonly #now: () => number
  readonly #answers = new Map<string, Answer>()
  readonly #asked = new Map<string, Promise<void>>()

  /** @param reverse without it the system's resolver */
  constructor(reverse?: Reverse, now: () => number = () => performance.now()) {
    this.#now = now
    if (reverse !== undefined) {
      this.#reverse = reverse
      this.#cancel = () => {}
      return
    }
    const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 })
    this.#reverse = (address) => resolver.reverse(address)
    this.#cancel = () => resolver.cancel()
  }

  name(kind: number, view: DataView, at: number): string | undefined {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, kind === 4 ? 4 : 16)
    const address = formatIp(bytes)
    const known = this.#answers.get(address)
    if (known !== undefined && (known.name !== undefined || this.#now() - known.atMs < RETRY_MS)) return known.name
    if (!this.#asked.has(address) && this.#asked.size < MOST_QUESTIONS) this.#asked.set(address, this.#ask(address))
    return undefined
  }

  async settle(ms: number): Promise<void> {
    const all = Promise.all(this.#asked.values())
    const end = new AbortController()
    await Promise.race([all, wait(ms, undefined, { signal: end.signal }).catch(() => {})])
    end.abort()
  }

  /** Gives up what is asked, so that it keeps no process alive. */
  close(): void {
    this.#cancel()
  }

  async #ask(address: string): Promise<void> {
    let name: string | undefined
    try {
      ;[name] = await this.#reverse(address)
    } catch {
      name = undefined
    }
    this.#asked.delete(address)
    this.#answers.delete(address)
    this.#answers.set(address, { name: name === '' ? undefined : name, atMs: this.#now() })
    if (this.#answers.size > MOST_NAMES) {
      const [oldest] = this.#answers.keys()
      if (oldest !== undefined) this.#answers.delete(oldest)
    }
  }
}
