// Owns the lines of InfiniBand's transport headers on a card, of RoCE above all. Start at infinibandLines.

import type { LayerLine, LayerView } from './layer-view.ts'
import { strong } from './text.ts'

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

/** By Wireshark's names. */
export const infinibandLines: Readonly<Record<string, LayerLine>> = {
  'infiniband.bth': ['bth', bthLine],
  'infiniband.reth': ['reth', rethLine],
  'infiniband.aeth': ['aeth', aethLine],
  'infiniband.deth': [
    'deth',
    (v) => {
      if (v.has('infiniband.deth.srcqp')) v.card.out.pair('from QP', v.hex('infiniband.deth.srcqp', 6))
      if (v.has('infiniband.deth.q_key')) v.card.out.pair('qkey', v.hex('infiniband.deth.q_key', 8))
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
  'infiniband.immdt': ['immdt', (v) => v.card.out.group(v.hex('infiniband.immdt', 8))],
}
