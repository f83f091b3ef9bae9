// Owns the lines of InfiniBand's headers, of RoCE above all, and of Ultra Ethernet Transport on a card.
// Start at infinibandLines.

import { fieldsLine, type LayerLine, type LayerView } from './layer-view.ts'
import { ARROW, strong } from './text.ts'

function bthLine(v: LayerView): void {
  const { out } = v.card
  const opcode = v.number('infiniband.bth.opcode')
  const known = v.layer.fields['infiniband.bth.opcode_name'] !== undefined
  out.group(
    known && v.card.names ? strong(v.name('infiniband.bth.opcode')) : `opcode ${v.hex('infiniband.bth.opcode', 2)}`,
  )
  if (opcode === undefined) return
  out.pair('QP', v.hex('infiniband.bth.destqp', 6))
  v.pair('PSN', 'infiniband.bth.psn')
  if (v.is('infiniband.bth.a')) out.group('ack wanted')
  if (v.is('infiniband.bth.se')) out.group('solicited')
  if (v.is('infiniband.bth.fecn')) out.group(strong('FECN'))
  if (v.is('infiniband.bth.becn')) out.group(strong('BECN'))
  // 0xffff is the default partition; 0, which is none, is what simple senders leave there.
  const key = v.number('infiniband.bth.p_key')
  if (key !== undefined && key !== 0xffff && key !== 0) out.pair('pkey', v.hex('infiniband.bth.p_key', 4))
}

/** Virtual address and key of RETH and AtomicETH. */
function remote(v: LayerView, prefix: string): void {
  const address = v.layer.fields[`${prefix}.va`]
  if (typeof address === 'bigint') v.card.out.pair('at', `0x${address.toString(16)}`)
  if (v.has(`${prefix}.r_key`)) v.card.out.pair('key', v.hex(`${prefix}.r_key`, 8))
}

function rethLine(v: LayerView): void {
  const length = v.number('infiniband.reth.dmalen')
  if (length !== undefined) v.card.out.group(`${v.card.style.count(length)} bytes`)
  remote(v, 'infiniband.reth')
}

function aethLine(v: LayerView): void {
  const { out } = v.card
  const type = v.number('infiniband.aeth.syndrome.opcode')
  if (type !== undefined) out.group(v.name('infiniband.aeth.syndrome.opcode'))
  if (type === 3 && v.has('infiniband.aeth.syndrome.error_code'))
    out.group(v.name('infiniband.aeth.syndrome.error_code'))
  v.pair('credits', 'infiniband.aeth.credits')
  v.pair('timer code', 'infiniband.aeth.syndrome.timer')
  v.pair('MSN', 'infiniband.aeth.msn')
}

function lrhLine(v: LayerView): void {
  v.addresses('infiniband.lrh.slid', 'infiniband.lrh.dlid')
  v.pair('VL', 'infiniband.lrh.vl')
  v.pair('SL', 'infiniband.lrh.sl')
}

function grhLine(v: LayerView): void {
  v.addresses('infiniband.grh.sgid', 'infiniband.grh.dgid')
  v.pair('class', 'infiniband.grh.tclass')
  v.pair('hops', 'infiniband.grh.hoplmt')
  if (v.number('infiniband.grh.flowlabel') !== 0) v.hexPair('flow', 'infiniband.grh.flowlabel', 5)
}

function uetLine(v: LayerView): void {
  const { out } = v.card
  if (v.has('uet.pds.type')) out.group(strong(v.name('uet.pds.type')))
  if (v.has('uet.ses.opcode')) out.group(strong(v.name('uet.ses.opcode')))
  v.pair('PSN', 'uet.pds.psn')
  v.pair('acked PSN', 'uet.pds.cack_psn')
  if (v.has('uet.pds.spdcid')) out.pair('context', v.text('uet.pds.spdcid'), ARROW, v.text('uet.pds.dpdcid'))
  if (v.number('uet.pds.nh') !== 0) v.next('uet.pds.nh')
}

/** By Wireshark's names. */
export const infinibandLines: Readonly<Record<string, LayerLine>> = {
  'infiniband.bth': ['bth', bthLine],
  'infiniband.reth': ['reth', rethLine],
  'infiniband.aeth': ['aeth', aethLine],
  'infiniband.deth': [
    'deth',
    (v) => {
      v.hexPair('from QP', 'infiniband.deth.srcqp', 6)
      v.hexPair('qkey', 'infiniband.deth.q_key', 8)
    },
  ],
  'infiniband.atomiceth': [
    'atomic',
    (v) => {
      remote(v, 'infiniband.atomiceth')
      v.pair('swap or add', 'infiniband.atomiceth.swapdt')
      v.pair('compare', 'infiniband.atomiceth.cmpdt')
    },
  ],
  'infiniband.lrh': ['lrh', lrhLine],
  'infiniband.grh': ['grh', grhLine],
  'infiniband.rdeth': fieldsLine('rdeth', [['context', 'infiniband.rdeth.eecnxt']]),
  'infiniband.xrceth': ['xrceth', (v) => v.hexPair('SRQ', 'infiniband.xrceth.xrcsrq', 6)],
  'infiniband.atomicacketh': fieldsLine('atomic', [['was', 'infiniband.atomicacketh.origremdt']]),
  'infiniband.ieth': ['ieth', (v) => v.hexPair('invalidates key', 'infiniband.ieth', 8)],
  'infiniband.feth': fieldsLine('feth', [
    ['placement', 'infiniband.feth.placement_type'],
    ['selectivity', 'infiniband.feth.selectivity'],
  ]),
  uet: ['uet', uetLine],
  'infiniband.immdt': ['immdt', (v) => v.card.out.group(v.hex('infiniband.immdt', 8))],
}
