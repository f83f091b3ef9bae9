// Owns the InfiniBand transport headers: BTH and the extended headers that its opcode calls for.
// RoCEv2 (UDP port 4791), RoCEv1 (behind a GRH) and native InfiniBand all come here. Start at bth.

import { aethCredits, aethTypes, bthOpcodes, nakCodes } from '../names/bth.ts'
import { type FieldSink, Key } from './field-sink.ts'
import { bool, layer, test, u8, u16, u24, u32, u64 } from './layer.ts'
import { LayerId } from './layer-ids.ts'

const { rdeth, deth, xrceth, reth, atomicEth, aeth, atomicAckEth, immDt, ieth, feth } = LayerId

/** Extended headers by operation (lower five bits), as in RC (InfiniBand Architecture 1.7, vol. 1, table 38; Annex A19). */
const byOperation: Readonly<Record<number, readonly number[]>> = {
  3: [immDt],
  5: [immDt],
  6: [reth],
  9: [immDt],
  10: [reth],
  11: [reth, immDt],
  12: [reth],
  13: [aeth],
  15: [aeth],
  16: [aeth],
  17: [aeth],
  18: [aeth, atomicAckEth],
  19: [atomicEth],
  20: [atomicEth],
  22: [ieth],
  23: [ieth],
  28: [feth, reth],
  29: [reth],
}

/** Responses carry neither DETH (RD) nor XRCETH (XRC): READ responses and acknowledges. */
const isResponse = (operation: number) => operation >= 0x0d && operation <= 0x12

/** Extended headers of an opcode, in order: those of its transport first. */
function headersOf(opcode: number): readonly number[] {
  if (bthOpcodes.get(opcode) === undefined) return []
  const operation = opcode & 31
  const own = byOperation[operation] ?? []
  switch (opcode >>> 5) {
    case 2:
      return isResponse(operation) ? [rdeth, ...own] : [rdeth, deth, ...own]
    case 3:
      return [deth, ...own]
    case 4:
      return []
    case 5:
      return isResponse(operation) ? own : [xrceth, ...own]
    default:
      return own
  }
}

/** Most extended headers behind one BTH: RDETH, DETH, RETH, ImmDt. */
const MOST = 4
/** Row of MOST layer numbers for each opcode. */
const headers = new Uint8Array(256 * MOST)
for (let opcode = 0; opcode < 256; opcode++) headers.set(headersOf(opcode), opcode * MOST)

const sizes = new Uint8Array(256)
sizes[rdeth] = 4
sizes[deth] = 8
sizes[xrceth] = 4
sizes[reth] = 16
sizes[atomicEth] = 28
sizes[aeth] = 4
sizes[atomicAckEth] = 8
sizes[immDt] = 4
sizes[ieth] = 4
sizes[feth] = 4

const source = 'InfiniBand Architecture 1.7, vol. 1, 9.2 and 9.3'

export const bth = layer({
  id: LayerId.bth,
  name: 'infiniband.bth',
  token: 'ibbt',
  title: 'InfiniBand base transport header',
  source: `${source}; Annex A17 (RoCEv2)`,
  fields: [
    u8('infiniband.bth.opcode', 0, 'transport (upper three bits) and operation', { names: bthOpcodes }),
    bool('infiniband.bth.se', 1, 0x80, 'solicited event'),
    bool('infiniband.bth.m', 1, 0x40, 'migration state'),
    u8('infiniband.bth.padcnt', 1, 'pad bytes before the ICRC', { shift: 4, mask: 3 }),
    u8('infiniband.bth.tver', 1, 'transport header version', { mask: 15 }),
    u16('infiniband.bth.p_key', 2, 'partition key'),
    bool('infiniband.bth.fecn', 4, 0x80, 'forward congestion notification'),
    bool('infiniband.bth.becn', 4, 0x40, 'backward congestion notification'),
    u24('infiniband.bth.destqp', 5, 'destination queue pair'),
    bool('infiniband.bth.a', 8, 0x80, 'acknowledge requested'),
    u24('infiniband.bth.psn', 9, 'packet sequence number'),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.bth, at, 12)) return LayerId.none
    const row = packet.view.getUint8(at) * MOST
    for (let i = row; i < row + MOST; i++) {
      const id = headers[i]!
      if (id === LayerId.none) break
      if (packet.payload >= packet.payloadEnd) {
        packet.missing(packet.payload + 1)
        break
      }
      if (!packet.room()) break
      if (!packet.claim(id, packet.payload, sizes[id]!)) break
    }
    return LayerId.none
  },
})

/** An extended header is only ever added by bth's step; on its own it has nothing to dissect. */
const byBth = () => LayerId.none

const creditsKey = new Key('infiniband.aeth.credits')

/** Credits behind the credit code of an ACK; code 31 is "no valid count" and gives nothing. */
function visitAeth(view: DataView, at: number, limit: number, sink: FieldSink): void {
  if (at >= limit) return
  const syndrome = view.getUint8(at)
  if ((syndrome & 0x60) === 0 && (syndrome & 31) !== 31) sink.number(creditsKey, aethCredits[syndrome & 31]!)
}

const aethType = (is: number) => test('u8', 0, { mask: 0x60, is: is << 5 })

/** The extended headers. Their stack tokens are empty: `suffix:stack:.:1=ibbt` finds every RoCE packet. */
export const extendedHeaders = [
  layer({
    id: LayerId.rdeth,
    name: 'infiniband.rdeth',
    token: '',
    title: 'reliable datagram extended transport header',
    source,
    fields: [u24('infiniband.rdeth.eecnxt', 1, 'end-to-end context')],
    dissect: byBth,
  }),
  layer({
    id: LayerId.deth,
    name: 'infiniband.deth',
    token: '',
    title: 'datagram extended transport header',
    source,
    fields: [u32('infiniband.deth.q_key', 0, 'queue key'), u24('infiniband.deth.srcqp', 5, 'source queue pair')],
    dissect: byBth,
  }),
  layer({
    id: LayerId.xrceth,
    name: 'infiniband.xrceth',
    token: '',
    title: 'extended reliable connected extended transport header',
    source: 'InfiniBand Architecture 1.7, vol. 1, Annex A14',
    fields: [u24('infiniband.xrceth.xrcsrq', 1, 'shared receive queue')],
    dissect: byBth,
  }),
  layer({
    id: LayerId.reth,
    name: 'infiniband.reth',
    token: '',
    title: 'RDMA extended transport header',
    source,
    fields: [
      u64('infiniband.reth.va', 0, 'virtual address'),
      u32('infiniband.reth.r_key', 8, 'remote key'),
      u32('infiniband.reth.dmalen', 12, 'length of the whole operation', { unit: 'bytes' }),
    ],
    dissect: byBth,
  }),
  layer({
    id: LayerId.atomicEth,
    name: 'infiniband.atomiceth',
    token: '',
    title: 'atomic extended transport header',
    source,
    fields: [
      u64('infiniband.atomiceth.va', 0, 'virtual address'),
      u32('infiniband.atomiceth.r_key', 8, 'remote key'),
      u64('infiniband.atomiceth.swapdt', 12, 'swap or add operand'),
      u64('infiniband.atomiceth.cmpdt', 20, 'compare operand'),
    ],
    dissect: byBth,
  }),
  layer({
    id: LayerId.aeth,
    name: 'infiniband.aeth',
    token: '',
    title: 'ACK extended transport header',
    source,
    fields: [
      u8('infiniband.aeth.syndrome', 0, 'type and value in one'),
      u8('infiniband.aeth.syndrome.opcode', 0, 'type', { shift: 5, mask: 3, names: aethTypes }),
      u8('infiniband.aeth.syndrome.credit_count', 0, 'credit code of an ACK', { mask: 31, when: aethType(0) }),
      u8('infiniband.aeth.syndrome.timer', 0, 'timer code of an RNR NAK', { mask: 31, when: aethType(1) }),
      u8('infiniband.aeth.syndrome.error_code', 0, 'code of a NAK', { mask: 31, when: aethType(3), names: nakCodes }),
      u24('infiniband.aeth.msn', 1, 'message sequence number'),
    ],
    variable: [{ name: 'infiniband.aeth.credits', type: 'number', doc: 'credits of an ACK, from its credit code' }],
    visit: visitAeth,
    dissect: byBth,
  }),
  layer({
    id: LayerId.atomicAckEth,
    name: 'infiniband.atomicacketh',
    token: '',
    title: 'atomic ACK extended transport header',
    source,
    fields: [u64('infiniband.atomicacketh.origremdt', 0, 'value before the operation')],
    dissect: byBth,
  }),
  layer({
    id: LayerId.immDt,
    name: 'infiniband.immdt',
    token: '',
    title: 'immediate data',
    source,
    fields: [u32('infiniband.immdt', 0, 'immediate data')],
    dissect: byBth,
  }),
  layer({
    id: LayerId.ieth,
    name: 'infiniband.ieth',
    token: '',
    title: 'invalidate extended transport header',
    source,
    fields: [u32('infiniband.ieth', 0, 'remote key to invalidate')],
    dissect: byBth,
  }),
  layer({
    id: LayerId.feth,
    name: 'infiniband.feth',
    token: '',
    title: 'flush extended transport header',
    source: 'InfiniBand Architecture 1.7, vol. 1, Annex A19',
    fields: [
      u8('infiniband.feth.placement_type', 3, 'placement type', { mask: 15 }),
      u8('infiniband.feth.selectivity', 3, 'selectivity level', { shift: 4, mask: 3 }),
    ],
    dissect: byBth,
  }),
]
