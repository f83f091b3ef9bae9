// Every opcode of the base transport header: its name and the extended headers behind it; AETH codes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aethCredits, bthOperations, bthTransports, rnrTimerMicroseconds } from '../../src/lib/names/bth.ts'
import { layersOf } from '../../src/lib/packet/full.ts'
import { dissectHex } from './frames.ts'

/** Opcode → name and extended headers (InfiniBand Architecture, vol. 1, table 38; Annexes A14, A17, A19). */
const opcodes: readonly [opcode: number, name: string, headers: string][] = [
  [0x00, 'RC SEND First', ''],
  [0x01, 'RC SEND Middle', ''],
  [0x02, 'RC SEND Last', ''],
  [0x03, 'RC SEND Last with Immediate', 'immdt'],
  [0x04, 'RC SEND Only', ''],
  [0x05, 'RC SEND Only with Immediate', 'immdt'],
  [0x06, 'RC RDMA WRITE First', 'reth'],
  [0x07, 'RC RDMA WRITE Middle', ''],
  [0x08, 'RC RDMA WRITE Last', ''],
  [0x09, 'RC RDMA WRITE Last with Immediate', 'immdt'],
  [0x0a, 'RC RDMA WRITE Only', 'reth'],
  [0x0b, 'RC RDMA WRITE Only with Immediate', 'reth immdt'],
  [0x0c, 'RC RDMA READ Request', 'reth'],
  [0x0d, 'RC RDMA READ Response First', 'aeth'],
  [0x0e, 'RC RDMA READ Response Middle', ''],
  [0x0f, 'RC RDMA READ Response Last', 'aeth'],
  [0x10, 'RC RDMA READ Response Only', 'aeth'],
  [0x11, 'RC Acknowledge', 'aeth'],
  [0x12, 'RC ATOMIC Acknowledge', 'aeth atomicacketh'],
  [0x13, 'RC Compare & Swap', 'atomiceth'],
  [0x14, 'RC Fetch & Add', 'atomiceth'],
  [0x15, '', ''],
  [0x16, 'RC SEND Last with Invalidate', 'ieth'],
  [0x17, 'RC SEND Only with Invalidate', 'ieth'],
  [0x1c, 'RC FLUSH', 'feth reth'],
  [0x1d, 'RC ATOMIC WRITE', 'reth'],
  [0x1f, '', ''],
  [0x20, 'UC SEND First', ''],
  [0x25, 'UC SEND Only with Immediate', 'immdt'],
  [0x26, 'UC RDMA WRITE First', 'reth'],
  [0x2b, 'UC RDMA WRITE Only with Immediate', 'reth immdt'],
  [0x2c, '', ''],
  [0x40, 'RD SEND First', 'rdeth deth'],
  [0x43, 'RD SEND Last with Immediate', 'rdeth deth immdt'],
  [0x4b, 'RD RDMA WRITE Only with Immediate', 'rdeth deth reth immdt'],
  [0x4c, 'RD RDMA READ Request', 'rdeth deth reth'],
  [0x4d, 'RD RDMA READ Response First', 'rdeth aeth'],
  [0x4e, 'RD RDMA READ Response Middle', 'rdeth'],
  [0x51, 'RD Acknowledge', 'rdeth aeth'],
  [0x52, 'RD ATOMIC Acknowledge', 'rdeth aeth atomicacketh'],
  [0x53, 'RD Compare & Swap', 'rdeth deth atomiceth'],
  [0x55, 'RD RESYNC', 'rdeth deth'],
  [0x60, '', ''],
  [0x64, 'UD SEND Only', 'deth'],
  [0x65, 'UD SEND Only with Immediate', 'deth immdt'],
  [0x80, '', ''],
  [0x81, 'CNP', ''],
  [0xa0, 'XRC SEND First', 'xrceth'],
  [0xa6, 'XRC RDMA WRITE First', 'xrceth reth'],
  [0xac, 'XRC RDMA READ Request', 'xrceth reth'],
  [0xad, 'XRC RDMA READ Response First', 'aeth'],
  [0xb1, 'XRC Acknowledge', 'aeth'],
  [0xb3, 'XRC Compare & Swap', 'xrceth atomiceth'],
  [0xb6, 'XRC SEND Last with Invalidate', 'xrceth ieth'],
  [0xc0, '', ''],
  [0xe6, '', ''],
]

describe('BTH opcodes', () => {
  for (const [opcode, name, headers] of opcodes) {
    it(`0x${opcode.toString(16).padStart(2, '0')} ${name}`, () => {
      // GRH as RoCEv1 has it: the payload length is 0, so the headers may use all 60 bytes behind the BTH.
      const grh = `60000000 0000 1b 40 ${'00'.repeat(32)}`
      const packet = dissectHex(
        `020000000002 020000000001 8915 ${grh} ${opcode.toString(16).padStart(2, '0')} 00 ffff 00 000001 00 000002 ${'00'.repeat(60)}`,
      )
      const [, , bth, ...extended] = layersOf(packet)
      assert.equal(bth?.fields['infiniband.bth.opcode'], opcode)
      assert.equal(bth?.fields['infiniband.bth.opcode_name'] ?? '', name)
      assert.equal(extended.map((x) => x.layer.replace('infiniband.', '')).join(' '), headers)
      assert.equal(bthOperations.get(opcode) ?? '', name.replace(/^(RC|UC|RD|UD|XRC) /, ''))
    })
  }
  it('transports', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((x) => bthTransports.get(x)),
      ['RC', 'UC', 'RD', 'UD', 'CNP', 'XRC', undefined, 'manufacturer'],
    )
  })
})

describe('AETH', () => {
  const syndromes: readonly [syndrome: string, fields: Record<string, unknown>][] = [
    ['07', { 'syndrome.opcode_name': 'ACK', 'syndrome.credit_count': 7, credits: 12 }],
    ['1e', { 'syndrome.opcode_name': 'ACK', 'syndrome.credit_count': 30, credits: 32_768 }],
    ['1f', { 'syndrome.opcode_name': 'ACK', 'syndrome.credit_count': 31, credits: undefined }],
    ['2e', { 'syndrome.opcode_name': 'RNR NAK', 'syndrome.timer': 14, credits: undefined }],
    ['60', { 'syndrome.opcode_name': 'NAK', 'syndrome.error_code_name': 'PSN sequence error' }],
    [
      '62',
      { 'syndrome.opcode_name': 'NAK', 'syndrome.error_code': 2, 'syndrome.error_code_name': 'remote access error' },
    ],
    ['47', { 'syndrome.opcode_name': 'reserved', 'syndrome.credit_count': undefined }],
  ]
  for (const [syndrome, want] of syndromes) {
    it(`syndrome 0x${syndrome}`, () => {
      const packet = dissectHex(`0002 0001 0007 0002 11 00 ffff 00 000001 00 000002 ${syndrome} 000003 00000000`, 18)
      const aeth = layersOf(packet)[2]
      assert.equal(aeth?.layer, 'infiniband.aeth')
      assert.equal(aeth.fields['infiniband.aeth.msn'], 3)
      for (const [name, value] of Object.entries(want))
        assert.equal(aeth.fields[`infiniband.aeth.${name}`], value, name)
    })
  }
  it('credits follow the closed form', () => {
    // 0 and 1 are themselves; an even code c is 2^(c/2), an odd one 3·2^((c-3)/2).
    assert.equal(aethCredits.length, 31)
    for (let c = 2; c < 31; c++) assert.equal(aethCredits[c], c % 2 === 0 ? 2 ** (c / 2) : 3 * 2 ** ((c - 3) / 2))
  })
  it('RNR timers: code 0 is the longest, 14 is 1.28 ms', () => {
    assert.equal(rnrTimerMicroseconds.length, 32)
    assert.equal(Math.max(...rnrTimerMicroseconds), rnrTimerMicroseconds[0])
    assert.equal(rnrTimerMicroseconds[14], 1280)
    assert.equal(rnrTimerMicroseconds[31], 491_520)
  })
})
