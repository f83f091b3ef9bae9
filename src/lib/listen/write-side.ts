// Owns `--write`: every datagram into a capture, in headers made up from its sender and the address it came to. Knows no
// file: that is sink/capture-file.ts. Start at WriteSide.open.

import { CaptureFile, type CaptureFileOptions } from '../sink/capture-file.ts'
import type { Batch } from '../source/source.ts'
import { PathOf, type Receiver } from './receiver.ts'
import type { Side } from './side.ts'
import type { SideState } from './snapshot.ts'

export class WriteSide implements Side {
  readonly #file: CaptureFile
  readonly #path: PathOf
  readonly #name: string

  private constructor(file: CaptureFile, name: string, receiver: Receiver | undefined) {
    this.#file = file
    this.#name = name
    this.#path = new PathOf(receiver)
  }

  /**
   * @param receiver where the datagrams came to; shown as the local host where it is not known
   * @throws as CaptureFile.open
   */
  static async open(options: Omit<CaptureFileOptions, 'what'>, receiver?: Receiver): Promise<WriteSide> {
    return new WriteSide(await CaptureFile.open({ ...options, what: '--write' }), options.path, receiver)
  }

  take(batch: Batch, i: number): void {
    this.#file.datagram(
      batch.sec[i]!,
      batch.nsec[i]!,
      this.#path.of(batch, i),
      batch.bytes,
      batch.offset[i]!,
      batch.length[i]!,
      batch.wireLength[i]!,
    )
  }

  tick(): void {
    // The file has a clock of its own: blocks of a tenth of a second would pack badly.
  }

  state(): SideState {
    const { written, bytes, failed, problem } = this.#file.counts()
    return { name: this.#name, kind: 'capture', datagrams: written, bytes, failed, problem: problem ?? null }
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
