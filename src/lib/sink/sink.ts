// Owns the seam between writers and where output goes. Knows no format. Start at Sink.

/** Where bytes go. `write` may keep nothing of `bytes` after it returns. */
export interface Sink {
  /** Writes all bytes or queues a copy. False asks the caller to `await drain()` before more. */
  write(bytes: Uint8Array): boolean
  /** Resolves when more can be written. */
  drain(): Promise<void>
  close(): Promise<void>
  /** True when the reader went away (EPIPE): a normal end, the caller stops. */
  readonly closed: boolean
  /** Lets threads write past it, see shared-output.ts; nothing may be written here until they have ended. */
  share?(): SharedOutput
}

/** What a thread needs to write to the descriptor of another thread's sink. */
export interface SharedOutput {
  readonly fd: number
  /** For messages, as FdSink has it. */
  readonly name: string
  /** Shared memory: 1 while one of them writes; 1 once the reader has gone. */
  readonly state: Int32Array
}
