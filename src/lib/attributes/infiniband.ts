// Owns the attributes of InfiniBand (RoCE) and Ultra Ethernet headers. Start at infinibandAttributes.
// The names from ibbtpkey on are ours: sFlow-RT's are not known.

import { aethCredits, bthOperations, bthTransports } from '../names/bth.ts'
import { LayerId } from '../packet/layer-ids.ts'
import type { Attribute } from './attribute.ts'
import { asName, mapNumber } from './combine.ts'
import { attribute, fromLayer, type Options } from './define.ts'

const bth = (name: string, field: string, options: Options = {}) =>
  fromLayer('infiniband', name, `infiniband.bth.${field}`, options)
const header = (name: string, field: string, options: Options = {}) =>
  fromLayer('infiniband', name, `infiniband.${field}`, options)

/** Credits by credit code; code 31 has none. */
const credits = Int32Array.from({ length: 32 }, (_, code) => aethCredits[code] ?? -1)

export const infinibandAttributes: readonly Attribute[] = [
  attribute(
    'infiniband',
    'ibbt_offset',
    'where the base transport header starts in the sampled header; there for every RoCE packet',
    (scope, nth) => {
      const { at } = scope.layer([LayerId.bth], nth)
      return { form: 'number', value: scope.local(`${at}>=0?${at}-${scope.packet()}.start:-1`) }
    },
    { unit: 'bytes', layered: true },
  ),
  bth('ibbtopcode', 'opcode', { doc: 'opcode, decimal: transport (upper three bits) and operation' }),
  fromLayer('infiniband', 'ibbtoptransport', 'infiniband.bth.opcode', {
    doc: 'transport of the opcode: RC, UC, RD, UD, XRC, CNP',
    change: (scope, value) =>
      asName(
        mapNumber(scope, value, (x) => `${x}>>>5`),
        bthTransports,
      ),
  }),
  fromLayer('infiniband', 'ibbtopname', 'infiniband.bth.opcode', {
    doc: 'operation of the opcode, as RDMA WRITE First; the opcode where it has no name',
    change: (_, value) => asName(value, bthOperations),
  }),
  bth('ibbtdestqp', 'destqp'),
  bth('ibbtack', 'a'),
  bth('ibbtse', 'se'),
  bth('ibbtm', 'm'),
  bth('ibbttver', 'tver'),
  header('ibbtrdmalen', 'reth.dmalen', { doc: 'DMA length: bytes of the whole RDMA operation' }),
  fromLayer('infiniband', 'ibbtaethack', 'infiniband.aeth.syndrome.credit_count', {
    doc: 'credits of an ACK, decoded from its credit code; missing where the code is 31 (no valid count)',
    change(scope, value) {
      const table = scope.code.constant('C', credits)
      return mapNumber(scope, value, (code) => `${table}[${code}]`)
    },
  }),
  bth('ibbtpkey', 'p_key'),
  bth('ibbtpsn', 'psn'),
  bth('ibbtpad', 'padcnt'),
  bth('ibbtfecn', 'fecn'),
  bth('ibbtbecn', 'becn'),
  header('ibbtrdmava', 'reth.va', { doc: 'virtual address of an RDMA operation' }),
  header('ibbtrdmarkey', 'reth.r_key', { doc: 'remote key of an RDMA operation' }),
  header('ibbtaethsyndrome', 'aeth.syndrome', { doc: 'syndrome of an acknowledge: type and value in one byte' }),
  header('ibbtaethcredits', 'aeth.syndrome.credit_count', {
    doc: 'credit code of an ACK as it is in the header, 0 to 31; ibbtaethack has the credits',
  }),
  header('ibbtaethmsn', 'aeth.msn', { doc: 'message sequence number of an acknowledge' }),
  header('ibbtaethnak', 'aeth.syndrome.error_code', {
    doc: 'code of a NAK: 0 PSN sequence error, 1 invalid request, 2 remote access, 3 remote operational, 4 invalid RD request',
  }),
  header('ibbtaethrnr', 'aeth.syndrome.timer', { doc: 'timer code of an RNR NAK (receiver not ready)' }),
  header('ibbtdethqkey', 'deth.q_key', { doc: 'queue key of a datagram' }),
  header('ibbtdethsrcqp', 'deth.srcqp', { doc: 'source queue pair of a datagram' }),
  header('ibghsource', 'grh.sgid', { doc: 'source global identifier (RoCEv1, InfiniBand)' }),
  header('ibghdestination', 'grh.dgid', { doc: 'destination global identifier (RoCEv1, InfiniBand)' }),
  fromLayer('infiniband', 'uetpdstype', 'uet.pds.type', { doc: 'type of an Ultra Ethernet delivery header' }),
  fromLayer('infiniband', 'uetopcode', 'uet.ses.opcode', { doc: 'operation of an Ultra Ethernet request' }),
]
