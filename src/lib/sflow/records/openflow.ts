// Owns the records of the OpenFlow documents: sflow_openflow.txt and its earlier draft.
// Must not know how records are decoded. Start at of_port.

import { f, string, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const extended_openflow_v1 = record({
  name: 'extended_openflow_v1',
  tag: [0, 1017],
  source: 'draft-sflow-openflow.txt, "extended_openflow_v1"',
  notes: 'Layout from sflow-parser only.',
  deprecated: true,
  fields: [
    f('flow_cookie', u64, 'cookie that the controller gave the flow'),
    f('flow_match', u32, 'wildcard bits of ofp_match'),
    f('flow_actions', u32, 'set of ofp_action_type as bits'),
  ],
})
export type ExtendedOpenflowV1 = Of<typeof extended_openflow_v1>

export const of_port = record({
  name: 'of_port',
  tag: [0, 1004],
  source: 'sflow_openflow.txt, "of_port"',
  fields: [f('datapath_id', u64, 'identifier of the datapath (switch)'), f('port_no', u32, 'OpenFlow port number')],
})
export type OfPort = Of<typeof of_port>

export const port_name = record({
  name: 'port_name',
  tag: [0, 1005],
  source: 'sflow_openflow.txt, "port_name"',
  fields: [f('name', string, 'name of the port (ifName)')],
})
export type PortName = Of<typeof port_name>

/** Flow records of this file, for the registry. */
export const flow = [extended_openflow_v1] as const

/** Counter records of this file, for the registry. */
export const counters = [of_port, port_name] as const
