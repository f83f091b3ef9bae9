// Owns what a screen sees of `sonde topo status`, as plain values that go from thread to thread. See fabric.ts for the folder.

import type { FabricStatus } from './status.ts'

export interface StatusSnapshot {
  /** `udp://[::]:6343` */
  readonly source: string
  /** Since the start of the program. */
  readonly seconds: number
  readonly status: FabricStatus
  readonly datagrams: number
  /** Lost of all datagrams that were sent, 0 to 1; null before the first. */
  readonly lostShare: number | null
}
