// Owns what a screen sees of `sonde topo status`, as plain values that go from thread to thread. See fabric.ts for the folder.

import type { RunState } from '../analysis/run-state.ts'
import type { FabricStatus } from './status.ts'

export interface StatusSnapshot extends RunState {
  readonly status: FabricStatus
  /** Since the last datagram came; null before the first. */
  readonly silentSeconds: number | null
}
