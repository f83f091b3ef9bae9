// Owns a piece of a capture between the data path, which fills it, and the disk. See capture-file.ts.

import { TextBuffer } from '../wire/text.ts'

/** Whole records, one behind the other. It never grows: who fills it looks whether there is room. */
export class CaptureBlock extends TextBuffer {
  datagrams = 0
  /** Payload of these datagrams, bytes. */
  payload = 0
  /** Seconds since 1970 of the first one. */
  sec = 0
  /** It is to be the first of a file. */
  startsFile = false
  /** What goes to the file: the bytes as they are or packed; undefined until that is made. */
  ready: Uint8Array | undefined

  override clear(): void {
    super.clear()
    this.datagrams = 0
    this.payload = 0
    this.startsFile = false
    this.ready = undefined
  }
}
