// Owns the records that sonde itself adds where sFlow has none. Their enterprise is the one that RFC 5612 keeps for examples, so that
// they are nobody else's. Must not know how records are decoded. Start at linux_drop.

import { f, string, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const linux_drop = record({
  name: 'linux_drop',
  tag: [32473, 1],
  source: 'sonde, docs/drops.md; enterprise number of RFC 5612, section 2',
  notes:
    'In discards that sonde makes of drops in the Linux kernel. Collectors get it only where a flag asks for it. The process is the ' +
    'one that ran on the CPU; of packets that came in by an interface it is often an unrelated one.',
  fields: [
    f('netns', u32, 'inode of the network namespace that the packet was in; 0 where not known'),
    f('netns_name', string, 'its name in /run/netns; `this` for the one that sonde runs in; empty for others'),
    f('interface', string, "name of the packet's interface in that namespace; empty where it has none"),
    f('pid', u32, 'process that ran; 0 is the idle task'),
    f('process', string, 'name of its thread'),
    f('cpu', u32, 'CPU on which it was dropped'),
    f('segments', u32, 'packets on the wire that the dropped buffer stands for (GSO, GRO)'),
  ],
})
export type LinuxDrop = Of<typeof linux_drop>

/** Flow records of this file, for the registry. */
export const flow = [linux_drop] as const
