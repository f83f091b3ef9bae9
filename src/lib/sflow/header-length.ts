// Owns how long a packet was whose header is in a sampled_header (0:1) record. Start at packetLength.

/**
 * The length with which a packet stood before its header was cut. frame_length of a flow sample includes what was stripped; of a discard
 * hsflowd's does not, though `stripped` is told (docs/records.md, C11).
 * @param at the record's first byte; 16 bytes are there
 * @returns octets; no less than those of the header
 */
export function packetLength(view: DataView, at: number, isDiscard: boolean): number {
  const stripped = isDiscard ? 0 : view.getUint32(at + 8)
  return Math.max(view.getUint32(at + 12), view.getUint32(at + 4) - stripped)
}
