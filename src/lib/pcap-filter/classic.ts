// Owns pcap-filter expressions: text into classic BPF (compile.ts), classic BPF run on bytes (run.ts) or made into eBPF (ebpf.ts).
// Must not know sFlow, the kernel's calls or the terminal. Start at compileFilter; this file has what all of them hand to each other.

/**
 * A classic BPF program: instruction i is (code[i], ifTrue[i], ifFalse[i], k[i]), as in struct sock_filter.
 * It returns how many bytes are wanted: 0 rejects.
 * @see linux/filter.h, and McCanne and Jacobson, "The BSD Packet Filter"
 */
export interface ClassicProgram {
  readonly code: Uint16Array
  /** Instructions to skip, from the next on. */
  readonly ifTrue: Uint8Array
  readonly ifFalse: Uint8Array
  /** Unsigned. */
  readonly k: Uint32Array
}

/** Bytes of a packet's beginning that a program in the kernel sees; what lies behind them is out of reach and rejects. */
export const FILTER_BYTES = 128

/** Link types (LINKTYPE_*) that the kernel's programs need: a frame, and a packet that begins at its network header. */
export const linkTypes = { ethernet: 1, raw: 101 } as const
