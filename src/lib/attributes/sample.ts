// Owns the attributes of the datagram, of the sample's own head and of the packet as a whole. Start at sampleAttributes.

import { INTERNAL, INTERNAL_EXPANDED, interfaceFormat } from '../sflow/interface.ts'
import { sampled_ethernet, sampled_header } from '../sflow/records/version-5.ts'
import { SampleKind } from '../sflow/samples.ts'
import { nameTable } from '../wire/name-table.ts'
import { TextBuffer } from '../wire/text.ts'
import type { Attribute, Value } from './attribute.ts'
import { either } from './combine.ts'
import { composeStack } from './compose-packet.ts'
import { attribute, fromFlow } from './define.ts'
import { recordValue } from './record-value.ts'
import type { Scope } from './scope.ts'

const source = 'sflow_version_5.txt'

const sampleTypeNames = nameTable('sample type', source, {
  [SampleKind.flow]: 'flow',
  [SampleKind.counters]: 'counter',
  [SampleKind.discard]: 'discard',
  [SampleKind.text]: 'text',
  [SampleKind.other]: 'unknown',
})

const directions = nameTable('direction', source, { 0: 'ingress', 1: 'egress' })

/** Interfaces that are no ifIndex, as sFlow-RT names them; of a format and value. */
export function interfaceName(format: number, value: number): string | undefined {
  switch (format) {
    case interfaceFormat.ifIndex:
      return value === 0 ? 'unknown' : value === INTERNAL || value === INTERNAL_EXPANDED ? 'internal' : undefined
    case interfaceFormat.discard:
      return 'discard'
    case interfaceFormat.multiple:
      return 'multiple'
    default:
      return 'unknown'
  }
}

function port(scope: Scope, side: 'input' | 'output'): Value {
  return {
    form: 'interface',
    format: scope.sample(['flow', 'discard'], `w.${side}Format`),
    value: scope.sample(['flow', 'discard'], `w.${side}Value`, '0'),
  }
}

const portDoc = (side: string) =>
  `${side} interface: its ifIndex, or internal (the device itself), unknown, multiple, discard; text in JSON`

/** Of a flow sample the frame's length, else missing. */
function frameLength(scope: Scope): Value {
  const header = recordValue(scope, scope.flowRecord(sampled_header), sampled_header, 'frame_length')
  const ethernet = recordValue(scope, scope.insteadOfHeader(sampled_ethernet), sampled_ethernet, 'length')
  return either(scope, header, ethernet)
}

export const sampleAttributes: readonly Attribute[] = [
  attribute(
    'sample',
    'time',
    'time of the datagram, from the capture or on arrival: ISO 8601, UTC, nanoseconds',
    (scope) => {
      scope.datagram()
      return { form: 'time', sec: 'x.sec', nsec: 'x.nsec' }
    },
    { generic: true },
  ),
  attribute(
    'sample',
    'sender',
    'IP source of the datagram',
    (scope) => {
      scope.datagram()
      return { form: 'address', kind: 'x.senderKind', at: scope.local('x.senderKind===4?12:0'), view: 'x.sender' }
    },
    { generic: true },
  ),
  attribute(
    'sample',
    'agent',
    'address of the agent, as the agent says',
    (scope) => {
      scope.datagram()
      const kind = scope.local('w.agentType===1?4:w.agentType===2?6:0')
      return { form: 'address', kind, at: 'w.agentOffset', view: 'd' }
    },
    { generic: true },
  ),
  attribute(
    'sample',
    'subagent',
    'sub-agent of the device that sends the datagram',
    (scope) => {
      scope.datagram()
      return { form: 'number', value: 'w.subAgentId' }
    },
    { generic: true },
  ),
  attribute(
    'sample',
    'sampletype',
    'flow, counter, discard, text or unknown',
    (scope) => {
      scope.needs.add('sample')
      return { form: 'name', value: 'w.sampleKind', names: sampleTypeNames }
    },
    { generic: true },
  ),
  attribute(
    'sample',
    'datasource',
    'what was sampled or counted: its ifIndex, or type and index with a dot where it is no interface (2.1)',
    (scope) => ({
      form: 'source',
      type: scope.sample(['flow', 'counters', 'discard'], 'w.sourceType'),
      index: scope.sample(['flow', 'counters', 'discard'], 'w.sourceIndex', '0'),
    }),
    { generic: true },
  ),
  attribute(
    'sample',
    'direction',
    'ingress where the data source is the input interface, egress where it is the output; missing for other sources',
    (scope) => {
      const isInterface = 'w.sourceType===0&&w.sourceIndex!==0'
      const input = 'w.inputFormat===0&&w.inputValue===w.sourceIndex'
      const output = 'w.outputFormat===0&&w.outputValue===w.sourceIndex'
      const value = scope.sample(['flow', 'discard'], `${isInterface}?${input}?0:${output}?1:-1:-1`)
      return { form: 'name', value, names: directions }
    },
  ),
  attribute('sample', 'inputifindex', portDoc('input'), (scope) => port(scope, 'input')),
  attribute('sample', 'outputifindex', portDoc('output'), (scope) => port(scope, 'output')),
  attribute('sample', 'samplingrate', 'one packet of how many is sampled, as configured', (scope) => ({
    form: 'number',
    value: scope.sample(['flow'], 'w.samplingRate'),
  })),
  attribute('sample', 'samplepool', 'packets that could have been sampled; a running total, modulo 2^32', (scope) => ({
    form: 'number',
    value: scope.sample(['flow'], 'w.samplePool'),
  })),
  attribute('sample', 'framelength', 'length of the frame on the wire, FCS included', frameLength, {
    unit: 'bytes',
    aliases: ['frame.len'],
  }),
  attribute('sample', 'bytes', 'framelength, as the value of a flow; not scaled here', frameLength, { unit: 'bytes' }),
  attribute(
    'sample',
    'frames',
    '1 for each sampled or discarded packet, as the value of a flow; not scaled here',
    (scope) => ({
      form: 'number',
      value: scope.sample(['flow', 'discard'], '1'),
    }),
  ),
  fromFlow('sample', 'stripped', sampled_header, 'stripped'),
  attribute('sample', 'stack', 'layers of the packet from the outside in, with dots: eth.ip.udp.ibbt', (scope) => {
    const text = scope.code.constant('T', new TextBuffer(1024))
    const compose = scope.code.constant('C', composeStack)
    const length = scope.local(`${compose}(${scope.packet()},${text})`)
    return { form: 'text', bytes: `${text}.bytes`, at: '0', length }
  }),
]
