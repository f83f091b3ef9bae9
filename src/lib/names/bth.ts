// Owns the names in InfiniBand base transport headers: transports, operations, opcodes, AETH codes.
// Knows no header; which extended headers an opcode has is in lib/packet/bth.ts. Start at bthOpcodes.

import { nameTable } from '../wire/name-table.ts'

const source = 'InfiniBand Architecture 1.7, vol. 1, 9.2.1 and Annexes A14, A17, A19; Linux include/rdma/ib_pack.h'

/** Transport: the top three bits of the opcode. 6 is unassigned. */
export const bthTransports = nameTable('BTH transport', source, {
  0: 'RC',
  1: 'UC',
  2: 'RD',
  3: 'UD',
  4: 'CNP',
  5: 'XRC',
  7: 'manufacturer',
})

/** Operation: the lower five bits of the opcode. */
const operations: Readonly<Record<number, string>> = {
  0: 'SEND First',
  1: 'SEND Middle',
  2: 'SEND Last',
  3: 'SEND Last with Immediate',
  4: 'SEND Only',
  5: 'SEND Only with Immediate',
  6: 'RDMA WRITE First',
  7: 'RDMA WRITE Middle',
  8: 'RDMA WRITE Last',
  9: 'RDMA WRITE Last with Immediate',
  10: 'RDMA WRITE Only',
  11: 'RDMA WRITE Only with Immediate',
  12: 'RDMA READ Request',
  13: 'RDMA READ Response First',
  14: 'RDMA READ Response Middle',
  15: 'RDMA READ Response Last',
  16: 'RDMA READ Response Only',
  17: 'Acknowledge',
  18: 'ATOMIC Acknowledge',
  19: 'Compare & Swap',
  20: 'Fetch & Add',
  21: 'RESYNC',
  22: 'SEND Last with Invalidate',
  23: 'SEND Only with Invalidate',
  28: 'FLUSH',
  29: 'ATOMIC WRITE',
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** Operations that a transport has, by the value of its three bits. */
const byTransport: Readonly<Record<number, readonly number[]>> = {
  0: [...range(0x00, 0x14), 0x16, 0x17, 0x1c, 0x1d],
  1: range(0x00, 0x0b),
  2: [...range(0x00, 0x15), 0x1c, 0x1d],
  3: [0x04, 0x05],
  5: [...range(0x00, 0x14), 0x16, 0x17],
}

function byOpcode(name: (transport: string, operation: string) => string): Record<number, string> {
  const names: Record<number, string> = {}
  for (const [transport, list] of Object.entries(byTransport)) {
    for (const operation of list) {
      const opcode = Number(transport) * 32 + operation
      names[opcode] = name(bthTransports.get(Number(transport))!, operations[operation]!)
    }
  }
  return names
}

/** Opcode with its transport: `RC RDMA WRITE First`. 0x81 is the RoCEv2 congestion notification (Annex A17.9.3). */
export const bthOpcodes = nameTable('BTH opcode', source, {
  ...byOpcode((transport, operation) => `${transport} ${operation}`),
  129: 'CNP',
})

/** Operation of an opcode, without its transport: `RDMA WRITE First`. */
export const bthOperations = nameTable('BTH operation', source, {
  ...byOpcode((_, operation) => operation),
  129: 'CNP',
})

/** AETH type: bits 6 and 5 of the syndrome. */
export const aethTypes = nameTable('AETH type', 'InfiniBand Architecture 1.7, vol. 1, 9.7.5.2.1', {
  0: 'ACK',
  1: 'RNR NAK',
  2: 'reserved',
  3: 'NAK',
})

/** AETH NAK code: the lower five bits of the syndrome of a NAK. */
export const nakCodes = nameTable('NAK code', 'InfiniBand Architecture 1.7, vol. 1, 9.7.5.2.8', {
  0: 'PSN sequence error',
  1: 'invalid request',
  2: 'remote access error',
  3: 'remote operational error',
  4: 'invalid RD request',
})

/** Credits of an AETH credit code 0..30; code 31 says that there is no valid count (9.7.7.2). */
export const aethCredits: readonly number[] = [
  0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144,
  8192, 12288, 16384, 24576, 32768,
]

/** Microseconds of an AETH RNR timer code 0..31 (9.7.5.2.8). */
export const rnrTimerMicroseconds: readonly number[] = [
  655_360, 10, 20, 30, 40, 60, 80, 120, 160, 240, 320, 480, 640, 960, 1280, 1920, 2560, 3840, 5120, 7680, 10_240,
  15_360, 20_480, 30_720, 40_960, 61_440, 81_920, 122_880, 163_840, 245_760, 327_680, 491_520,
]
