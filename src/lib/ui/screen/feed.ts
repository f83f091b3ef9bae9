// Owns the way from the work to the screen: the newest snapshot, lines that are told meanwhile, the end.
// See screen.ts for the folder.

/** More lines than this are not kept for the end: they were shown, and someone who is gone for a week must not lose memory. */
const toldLimit = 1000

interface Receiver<S> {
  snapshot(snapshot: S): void
  line(line: string): void
  end(): void
}

/**
 * Filled by whoever does the work, read by one screen. Snapshots are not queued: the newest wins. A screen needs no more
 * than five a second; each costs the main thread its copy.
 */
export class ScreenFeed<S> {
  /** Lines that were told, oldest first: to be printed when the terminal is back. */
  readonly told: string[] = []
  /** How many more were told than are kept. */
  forgotten = 0
  latest: S | undefined
  ended = false
  #receiver: Receiver<S> | undefined

  snapshot(snapshot: S): void {
    this.latest = snapshot
    this.#receiver?.snapshot(snapshot)
  }

  /** A line for stderr, which the screen covers: shown for a moment, and kept. It may name what came from outside. */
  tell(line: string): void {
    if (this.told.length < toldLimit) this.told.push(line)
    else this.forgotten++
    this.#receiver?.line(line)
  }

  /** There will be no more; the screen ends. May be called again. */
  end(): void {
    this.ended = true
    this.#receiver?.end()
  }

  /** For the screen: what comes from now on goes to `receiver`, beginning with what is there. */
  connect(receiver: Receiver<S>): void {
    this.#receiver = receiver
    if (this.latest !== undefined) receiver.snapshot(this.latest)
    if (this.ended) receiver.end()
  }

  disconnect(): void {
    this.#receiver = undefined
  }
}
