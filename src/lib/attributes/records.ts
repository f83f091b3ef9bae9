// Owns the attributes that come from extended flow records: routing, transit delay, drops, applications.
// Start at routingAttributes.

import { dropReasonNames } from '../names/drop-reasons.ts'
import { aclDirections } from '../names/sflow.ts'
import { interfaceFormat } from '../sflow/interface.ts'
import { app_operation } from '../sflow/records/application.ts'
import { extended_acl, extended_egress_queue, extended_function } from '../sflow/records/drops.ts'
import { extended_hw_trap, extended_linux_drop_reason, extended_timestamp } from '../sflow/records/host-sflow.ts'
import { http_request } from '../sflow/records/http.ts'
import { linux_drop } from '../sflow/records/sonde.ts'
import { extended_queue, extended_transit } from '../sflow/records/transit.ts'
import { extended_gateway, extended_router } from '../sflow/records/version-5.ts'
import { SampleKind } from '../sflow/samples.ts'
import { TextBuffer } from '../wire/text.ts'
import type { Attribute, Value } from './attribute.ts'
import { asName, either } from './combine.ts'
import { composeAsPath, composeCommunities, composeUrl, pathEnd, pathLength } from './compose-record.ts'
import { attribute, fromFlow } from './define.ts'
import { recordValue } from './record-value.ts'
import type { Scope } from './scope.ts'

/** Text that a function composes of a record; `call` gives the call for the record's local and the buffer. */
export function composed(scope: Scope, record: string, call: (buffer: string) => string): Value {
  const buffer = scope.code.constant('T', new TextBuffer(256))
  const length = scope.local(`${record}!==null?${call(buffer)}:-1`)
  return { form: 'text', bytes: `${buffer}.bytes`, at: '0', length }
}

function gatewayList(scope: Scope, field: string, compose: typeof composeAsPath): Value {
  const r = scope.flowRecord(extended_gateway)
  const call = scope.code.constant('C', compose)
  return composed(scope, r, (buffer) => `${call}(d,${r}.${field}_at,${r}.${field}_count,${buffer})`)
}

function destinationAs(scope: Scope, last: boolean): Value {
  const r = scope.flowRecord(extended_gateway)
  const call = `${scope.code.constant('C', pathEnd)}(d,${r}.dst_as_path_at,${r}.dst_as_path_count,${last})`
  return { form: 'number', value: scope.local(`${r}!==null?${call}:-1`) }
}

export const routingAttributes: readonly Attribute[] = [
  fromFlow('routing', 'ipnexthoprouter', extended_router, 'nexthop'),
  fromFlow('routing', 'ipsourcemaskbits', extended_router, 'src_mask_len'),
  fromFlow('routing', 'ipdestinationmaskbits', extended_router, 'dst_mask_len'),
  fromFlow('routing', 'bgpnexthop', extended_gateway, 'nexthop'),
  fromFlow('routing', 'bgpas', extended_gateway, 'as'),
  fromFlow('routing', 'bgpsourceas', extended_gateway, 'src_as'),
  fromFlow('routing', 'bgpsourcepeeras', extended_gateway, 'src_peer_as'),
  attribute(
    'routing',
    'bgpdestinationas',
    'last AS of the path to the destination; missing for an empty path',
    (scope) => destinationAs(scope, true),
  ),
  attribute(
    'routing',
    'bgpdestinationpeeras',
    'first AS of the path to the destination; missing for an empty path',
    (scope) => destinationAs(scope, false),
  ),
  attribute('routing', 'bgpdestinationaspath', 'AS path to the destination, spaces between, sets in braces', (scope) =>
    gatewayList(scope, 'dst_as_path', composeAsPath),
  ),
  attribute('routing', 'bgpcommunities', 'communities of the route, spaces between: 64500:100', (scope) =>
    gatewayList(scope, 'communities', composeCommunities),
  ),
  fromFlow('routing', 'bgplocalpref', extended_gateway, 'localpref'),
]

export const transitAttributes: readonly Attribute[] = [
  fromFlow('transit', 'queueindex', extended_egress_queue, 'queue'),
  fromFlow('transit', 'queuedepth', extended_queue, 'depth'),
  fromFlow('transit', 'transitdelay', extended_transit, 'delay'),
  fromFlow('transit', 'timestamp', extended_timestamp, 'nanoseconds', {
    doc: 'when the packet was seen, as the agent says, nanoseconds since 1970; time is when the datagram was',
  }),
]

export const dropAttributes: readonly Attribute[] = [
  attribute(
    'drops',
    'reason',
    'why the packet was discarded, by its sFlow name; a number where it has none. Of a flow sample where its output is a discard',
    (scope) => ({
      form: 'name',
      value: scope.sample(
        ['flow', 'discard'],
        `kind===${SampleKind.discard}?w.reason:w.outputFormat===${interfaceFormat.discard}?w.outputValue:-1`,
      ),
      names: dropReasonNames,
    }),
  ),
  fromFlow('drops', 'linuxreason', extended_linux_drop_reason, 'reason'),
  fromFlow('drops', 'hwtrap', extended_hw_trap, 'trap'),
  fromFlow('drops', 'hwtrapgroup', extended_hw_trap, 'group'),
  fromFlow('drops', 'function', extended_function, 'symbol'),
  fromFlow('drops', 'aclname', extended_acl, 'name'),
  fromFlow('drops', 'aclnumber', extended_acl, 'number'),
  fromFlow('drops', 'acldirection', extended_acl, 'direction', {
    change: (_, value) => asName(value, aclDirections),
    doc: 'side of the device that the access list guards: ingress, egress, unknown',
  }),
  fromFlow('drops', 'netns', linux_drop, 'netns', {
    doc: 'inode of the network namespace in which Linux dropped the packet, as stat -L /run/netns/NAME shows it; sonde tells it of its own host',
  }),
  fromFlow('drops', 'netnsname', linux_drop, 'netns_name'),
  fromFlow('drops', 'dropinterface', linux_drop, 'interface'),
  fromFlow('drops', 'process', linux_drop, 'process'),
  fromFlow('drops', 'pid', linux_drop, 'pid'),
  fromFlow('drops', 'cpu', linux_drop, 'cpu'),
]

export const applicationAttributes: readonly Attribute[] = [
  attribute(
    'application',
    'httpurl',
    'URL of an HTTP request; http is assumed where the request has no scheme',
    (scope) => {
      const r = scope.flowRecord(http_request)
      const call = scope.code.constant('C', composeUrl)
      return composed(
        scope,
        r,
        (buffer) => `${call}(s,${r}.host_at,${r}.host_length,${r}.uri_at,${r}.uri_length,${buffer})`,
      )
    },
  ),
  attribute('application', 'uripath', 'path of the URI of an HTTP request, without query', (scope) => {
    const r = scope.flowRecord(http_request)
    const length = `${scope.code.constant('C', pathLength)}(s,${r}.uri_at,${r}.uri_length)`
    return {
      form: 'text',
      bytes: 's',
      at: scope.local(`${r}!==null?${r}.uri_at:0`),
      length: scope.local(`${r}!==null?${length}:-1`),
    }
  }),
  attribute('application', 'requests', '1 for each sampled application or HTTP operation; not scaled here', (scope) => {
    const http = scope.flowRecord(http_request)
    const app = scope.flowRecord(app_operation)
    return { form: 'number', value: scope.local(`${http}!==null||${app}!==null?1:-1`) }
  }),
  attribute(
    'application',
    'duration',
    'how long the sampled application or HTTP operation took',
    (scope) =>
      either(
        scope,
        recordValue(scope, scope.flowRecord(http_request), http_request, 'uS'),
        recordValue(scope, scope.flowRecord(app_operation), app_operation, 'uS'),
      ),
    { unit: 'µs' },
  ),
]
