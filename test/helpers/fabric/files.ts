// Owns handing a generated fabric to what reads files. Start at fabricFiles.

import { temporaryFile } from '../read-captures.ts'
import type { Fabric } from './fabric.ts'

/** The capture and the topology as files of this test process, which are removed at its end. */
export function fabricFiles({ pcap, topology }: Fabric): { readonly capture: string; readonly topology: string } {
  return {
    capture: temporaryFile(pcap, 'fabric.pcap'),
    topology: temporaryFile(new TextEncoder().encode(JSON.stringify(topology)), 'fabric.topology.json'),
  }
}
