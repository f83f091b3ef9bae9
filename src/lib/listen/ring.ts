// Owns `--ring` with `--dump-when`: the last seconds in memory, and a capture of what came before and after something
// happened. Knows no socket. Start at Ring.check; the memory is ring-memory.ts, the names of what can happen facts.ts.

import { formatCount } from '../errors.ts'
import type { Condition, Reason } from '../parse/condition.ts'
import { CaptureFile } from '../sink/capture-file.ts'
import { type CaptureName, splitCaptureName, timedName } from '../sink/capture-names.ts'
import type { Batch } from '../source/source.ts'
import type { ListenFacts } from './facts.ts'
import { PathOf, type Receiver } from './receiver.ts'
import { RingMemory } from './ring-memory.ts'
import type { Side } from './side.ts'
import type { SideState } from './snapshot.ts'

/** A minute of 3,000 datagrams a second of 1,400 bytes. */
export const DEFAULT_RING_BYTES = 256 << 20
/** A dump reads so many datagrams for each that comes, and so many more each PUMP_MS: it catches up, and nothing waits long. */
const AT_ONCE = 4
const MORE = 2000
const PUMP_MS = 20
/** Letters of the cause in a file's name. */
const MOST_CAUSE = 60
const MOST_TRIES = 100

export interface RingOptions {
  /** How much is kept, and how much of what comes after is written. */
  readonly seconds: number
  /** Bound of memory; DEFAULT_RING_BYTES where not given. */
  readonly bytes?: number | undefined
  readonly condition: Condition
  /** A capture's name; time and cause are put before its ending. */
  readonly path: string
  readonly receiver?: Receiver | undefined
  tell(line: string): void
  /** Takes a line about a dump that begins or ends. */
  note(line: string): void
}

/** A capture that is being written. */
interface Dump {
  readonly fromMs: number
  readonly untilMs: number
  /** Undefined until it is created. */
  file: CaptureFile | undefined
  readonly opened: Promise<void>
}

/** Keeps datagrams, and writes them when the condition turns true: it must have been false before, and no dump at work. */
export class Ring implements Side {
  readonly #options: RingOptions
  readonly #memory: RingMemory
  readonly #name: CaptureName
  readonly #path: PathOf
  #dump: Dump | undefined
  /** The reader had not come to the end when it last stopped. */
  #behind = false
  /** The dump before, while it is closed. */
  #ending: CaptureFile | undefined
  #closing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #wasTrue = false
  #shortTold = false
  #written = 0
  #bytes = 0
  #failed = 0
  #problem: string | null = null
  /** Dumps begun. */
  dumps = 0

  /** @throws InputError where the path is no capture's name */
  constructor(options: RingOptions) {
    this.#options = options
    this.#name = splitCaptureName(options.path, '--dump-to')
    this.#memory = new RingMemory(options.seconds, options.bytes ?? DEFAULT_RING_BYTES)
    this.#path = new PathOf(options.receiver)
  }

  /** Datagrams that are held, and bytes of memory for them. */
  get held(): { readonly datagrams: number; readonly bytes: number } {
    return { datagrams: this.#memory.datagrams, bytes: this.#memory.bytes }
  }

  take(batch: Batch, i: number): void {
    this.#memory.add(batch, i)
    if (this.#dump !== undefined) this.#pump(AT_ONCE)
  }

  tick(): void {
    const { shortSeconds } = this.#memory
    if (shortSeconds === undefined || this.#shortTold) return
    this.#shortTold = true
    const { seconds, bytes = DEFAULT_RING_BYTES } = this.#options
    const mib = Math.round(bytes / 2 ** 20)
    this.#options.tell(
      `--ring keeps about ${shortSeconds} s, not ${seconds} s: its ${mib} MiB are full. Give it more with --ring ${seconds}s,SIZE.`,
    )
  }

  /**
   * Call about once a second with what happened in it.
   * @param nowMs since 1970, as the datagrams' times are
   */
  check(facts: ListenFacts, nowMs: number): void {
    this.#memory.expire(Math.floor(nowMs / 1000))
    const isTrue = this.#options.condition.test(facts)
    if (isTrue && !this.#wasTrue && this.#dump === undefined) {
      this.#begin(this.#options.condition.reasons(facts), nowMs)
    }
    this.#wasTrue = isTrue
    if (this.#dump === undefined) return
    this.#pump(MORE)
    if (this.#dump !== undefined && nowMs >= this.#dump.untilMs && !this.#behind) this.#end()
  }

  state(): SideState {
    const counts = (this.#dump?.file ?? this.#ending)?.counts()
    return {
      name: this.#name.path,
      kind: 'capture',
      datagrams: this.#written + (counts?.written ?? 0),
      bytes: this.#bytes + (counts?.bytes ?? 0),
      failed: this.#failed + (counts?.failed ?? 0),
      problem: counts?.problem ?? this.#problem,
    }
  }

  /** Ends a dump that is at work with what there is. */
  async close(): Promise<void> {
    const dump = this.#dump
    if (dump !== undefined) {
      await dump.opened
      while (this.#dump !== undefined && this.#pump(MORE)) {
        if (dump.file?.hasRoom !== true && dump.file?.counts().problem !== undefined) break
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      if (this.#dump !== undefined) this.#end()
    }
    await this.#closing
  }

  #begin(reasons: readonly Reason[], nowMs: number): void {
    const { seconds, note } = this.#options
    const span = seconds * 1000
    this.dumps++
    const dump: Dump = {
      fromMs: nowMs - span,
      untilMs: nowMs + span,
      file: undefined,
      opened: this.#open(Math.floor(nowMs / 1000), `-${causeOf(reasons)}`).then((file) => {
        dump.file = file
        if (file === undefined) {
          this.#stop()
          return
        }
        const what = reasons.map(({ name, found, text }) => `${name} is ${found} (${text})`).join(', ')
        note(`${what}: writing the ${seconds} s before and after to '${file.path}'.`)
      }),
    }
    this.#dump = dump
    this.#behind = true
    this.#memory.startReading()
    this.#timer = setInterval(() => this.#pump(MORE), PUMP_MS).unref()
  }

  /** The file, under a name that is free; undefined where it can't be created, which is told. */
  async #open(sec: number, label: string): Promise<CaptureFile | undefined> {
    await this.#closing
    const { tell } = this.#options
    for (let again = 1; ; again++) {
      try {
        return await CaptureFile.open({ path: timedName(this.#name, sec, again, label), what: '--dump-to', tell })
      } catch (error) {
        const { message, cause } = error as Error
        const taken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
        if (taken && again < MOST_TRIES) continue
        this.#problem = message
        // All that was to be written: what is held, which begins with the cause.
        this.#failed += this.#memory.datagrams
        tell(message)
        return undefined
      }
    }
  }

  /** Writes up to `most` datagrams; true where there may be more. Ends the dump at its time. */
  #pump(most: number): boolean {
    const dump = this.#dump
    const file = dump?.file
    if (dump === undefined || file === undefined) return dump !== undefined
    const memory = this.#memory
    const { entry } = memory
    for (let i = 0; i < most; i++) {
      if (!file.hasRoom) return true
      if (!memory.read()) {
        this.#behind = false
        return false
      }
      const ms = entry.sec * 1000 + entry.nsec / 1e6
      if (ms < dump.fromMs) continue
      if (ms > dump.untilMs) {
        this.#end()
        return false
      }
      const path = this.#path.from(entry.words, entry.senderAt, entry.port)
      file.datagram(entry.sec, entry.nsec, path, entry.bytes, entry.at, entry.length, entry.wireLength)
    }
    this.#behind = true
    return true
  }

  #end(): void {
    const file = this.#dump?.file
    const { unread } = this.#memory
    this.#stop()
    if (file === undefined) return
    this.#ending = file
    this.#closing = file.close().then(() => {
      this.#ending = undefined
      const { written, bytes, failed, problem } = file.counts()
      this.#written += written
      this.#bytes += bytes
      this.#failed += failed + unread
      if (problem !== undefined) this.#problem = problem
      else if (unread > 0) this.#problem = 'the disk is slower than the datagrams come'
      const lost = failed + unread > 0 ? `; ${formatCount(failed + unread)} could not be written` : ''
      this.#options.note(`'${file.path}' has ${formatCount(written)} datagrams${lost}.`)
    })
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#dump = undefined
    this.#memory.stopReading()
  }
}

const operatorWords: readonly (readonly [RegExp, string])[] = [
  [/!=/g, '-ne-'],
  [/<=/g, '-le-'],
  [/>=/g, '-ge-'],
  [/==?/g, '-eq-'],
  [/</g, '-lt-'],
  [/>/g, '-gt-'],
  [/%/g, 'pct'],
]

/** `lost-gt-100`: what made the condition true, as a part of a file's name. */
function causeOf(reasons: readonly Reason[]): string {
  const text = reasons.map((reason) => operatorWords.reduce((x, [sign, word]) => x.replace(sign, word), reason.text))
  return text
    .join('-and-')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, MOST_CAUSE)
}
