// Owns the records of sflow_application.txt: operations, who took part, and application counters.
// Must not know how records are decoded. Start at app_operation.

import { appStatuses } from '../../names/sflow.ts'
import { f, string, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sflow_application.txt'

/** An operation and what it belongs to; the record app_parent_context is just this. */
const contextFields = [
  f('application', string, 'name of the application'),
  f('operation', string, 'kind of operation'),
  f('attributes', string, 'details: name=value&name=value'),
] as const

export const app_operation = record({
  name: 'app_operation',
  tag: [0, 2202],
  source: `${document}, "app_operation"`,
  notes:
    'Samples with it have no packet: output internal means seen by the server, input internal by the client. ' +
    'The limit of status_descr is 64 or 32 (C24) and not enforced.',
  fields: [
    ...contextFields,
    f('status_descr', string, 'status in words'),
    f('req_bytes', u64, 'size of the request', 'bytes'),
    f('resp_bytes', u64, 'size of the response', 'bytes'),
    f('uS', u32, 'duration', 'µs'),
    f('status', u32, 'status', { names: appStatuses }),
  ],
})
export type AppOperation = Of<typeof app_operation>

export const app_parent_context = record({
  name: 'app_parent_context',
  tag: [0, 2203],
  source: `${document}, "app_parent_context"`,
  notes: 'The server operation in which a client operation took place.',
  fields: contextFields,
})
export type AppParentContext = Of<typeof app_parent_context>

export const app_initiator = record({
  name: 'app_initiator',
  tag: [0, 2204],
  source: `${document}, "app_initiator"`,
  fields: [f('actor', string, 'who began the operation')],
})
export type AppInitiator = Of<typeof app_initiator>

export const app_target = record({
  name: 'app_target',
  tag: [0, 2205],
  source: `${document}, "app_target"`,
  fields: [f('actor', string, 'whom the operation was for')],
})
export type AppTarget = Of<typeof app_target>

export const app_operations = record({
  name: 'app_operations',
  tag: [0, 2202],
  source: `${document}, "app_operations"`,
  notes: 'Counts of operations by their status.',
  fields: [
    f('application', string, 'name of the application'),
    f('success', u32, 'succeeded', 'operations'),
    f('other', u32, 'ended otherwise', 'operations'),
    f('timeout', u32, 'timed out', 'operations'),
    f('internal_error', u32, 'failed with an internal error', 'operations'),
    f('bad_request', u32, 'bad requests', 'operations'),
    f('forbidden', u32, 'forbidden', 'operations'),
    f('too_large', u32, 'too large', 'operations'),
    f('not_implemented', u32, 'not implemented', 'operations'),
    f('not_found', u32, 'not found', 'operations'),
    f('unavailable', u32, 'unavailable', 'operations'),
    f('unauthorized', u32, 'unauthorized', 'operations'),
  ],
})
export type AppOperations = Of<typeof app_operations>

export const app_resources = record({
  name: 'app_resources',
  tag: [0, 2203],
  source: `${document}, "app_resources"`,
  notes: 'Unknown counters are all ones, unknown gauges 0.',
  fields: [
    f('user_time', u32, 'CPU time in user mode', 'ms'),
    f('system_time', u32, 'CPU time in system mode', 'ms'),
    f('mem_used', u64, 'memory used', 'bytes'),
    f('mem_max', u64, 'memory allowed', 'bytes'),
    f('fd_open', u32, 'file descriptors open'),
    f('fd_max', u32, 'file descriptors allowed'),
    f('conn_open', u32, 'connections open'),
    f('conn_max', u32, 'connections allowed'),
  ],
})
export type AppResources = Of<typeof app_resources>

export const app_workers = record({
  name: 'app_workers',
  tag: [0, 2206],
  source: `${document}, "app_workers"`,
  fields: [
    f('workers_active', u32, 'workers that are busy'),
    f('workers_idle', u32, 'workers that are idle'),
    f('workers_max', u32, 'workers allowed'),
    f('req_delayed', u32, 'requests that had to wait for a worker', 'requests'),
    f('req_dropped', u32, 'requests dropped for want of a worker', 'requests'),
  ],
})
export type AppWorkers = Of<typeof app_workers>

/** Flow records of this file, for the registry. */
export const flow = [app_operation, app_parent_context, app_initiator, app_target] as const

/** Counter records of this file, for the registry. */
export const counters = [app_operations, app_resources, app_workers] as const
