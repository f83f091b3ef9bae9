// The names of the guest's tests: the host asks for each, so that one that never ran counts as failed.

export const guestTests = [
  'doctor tells what this kernel has',
  'every program of every object is taken by the verifier',
  'filters as eBPF are taken by the verifier and answer as classic BPF does',
  'kprobe.multi at all functions',
  'kprobes at the short list',
  'trace: a firewall, by the best way',
  'trace: a firewall, by fentry',
  'sample: TCX, or AF_PACKET where this kernel has no TCX, and it says so',
  'sample --method af_packet',
  'drops --input kernel: names a closed port and a firewall rule',
] as const
export type GuestTest = (typeof guestTests)[number]
