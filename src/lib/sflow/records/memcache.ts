// Owns the records of sflow_memcache.txt, and the counters it replaced.
// Must not know how records are decoded. Start at memcache_operation.

import { memcacheCommands, memcacheProtocols, memcacheStatuses } from '../../names/sflow.ts'
import { f, string, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sflow_memcache.txt'

export const memcache_operation = record({
  name: 'memcache_operation',
  tag: [0, 2200],
  source: `${document}, "memcache_operation"`,
  fields: [
    f('protocol', u32, 'protocol', { names: memcacheProtocols }),
    f('cmd', u32, 'command', { names: memcacheCommands }),
    f('key', string, 'key that was used to store or retrieve data'),
    f('nkeys', u32, 'number of keys, the sampled one included', 'keys'),
    f('value_bytes', u32, 'size of the value', 'bytes'),
    f('uS', u32, 'duration', 'µs'),
    f('status', u32, 'outcome', { names: memcacheStatuses }),
  ],
})
export type MemcacheOperation = Of<typeof memcache_operation>

export const memcached_counters = record({
  name: 'memcached_counters',
  tag: [0, 2200],
  source: 'sFlow discussion list, first memcache proposal',
  notes: 'Superseded by memcache_counters (0:2204), where hits come before misses.',
  deprecated: true,
  fields: [
    f('uptime', u32, 'time since the server started', 's'),
    f('rusage_user', u32, 'CPU time in user mode', 'ms'),
    f('rusage_system', u32, 'CPU time in system mode', 'ms'),
    f('curr_connections', u32, 'connections open now'),
    f('total_connections', u32, 'connections opened'),
    f('connection_structures', u32, 'connection structures allocated'),
    f('cmd_get', u32, 'get commands'),
    f('cmd_set', u32, 'set commands'),
    f('cmd_flush', u32, 'flush commands'),
    f('get_hits', u32, 'gets that found their key'),
    f('get_misses', u32, 'gets that did not find their key'),
    f('delete_misses', u32, 'deletes that did not find their key'),
    f('delete_hits', u32, 'deletes that found their key'),
    f('incr_misses', u32, 'increments that did not find their key'),
    f('incr_hits', u32, 'increments that found their key'),
    f('decr_misses', u32, 'decrements that did not find their key'),
    f('decr_hits', u32, 'decrements that found their key'),
    f('cas_misses', u32, 'compare-and-swaps that did not find their key'),
    f('cas_hits', u32, 'compare-and-swaps that succeeded'),
    f('cas_badval', u32, 'compare-and-swaps with a stale value'),
    f('auth_cmds', u32, 'authentication commands'),
    f('auth_errors', u32, 'authentications that failed'),
    f('bytes_read', u64, 'bytes read from the network', 'bytes'),
    f('bytes_written', u64, 'bytes written to the network', 'bytes'),
    f('limit_maxbytes', u32, 'memory allowed', 'bytes'),
    f('accepting_conns', u32, 'whether connections are accepted'),
    f('listen_disabled_num', u32, 'times that connections were refused, the limit being reached'),
    f('threads', u32, 'worker threads'),
    f('conn_yields', u32, 'times that a connection yielded to others'),
    f('bytes', u64, 'bytes stored', 'bytes'),
    f('curr_items', u32, 'items stored now'),
    f('total_items', u32, 'items stored'),
    f('evictions', u32, 'items evicted to make room'),
  ],
})
export type MemcachedCounters = Of<typeof memcached_counters>

export const memcache_counters = record({
  name: 'memcache_counters',
  tag: [0, 2204],
  source: `${document}, "memcache_counters"`,
  fields: [
    f('cmd_set', u32, 'set commands'),
    f('cmd_touch', u32, 'touch commands'),
    f('cmd_flush', u32, 'flush commands'),
    f('get_hits', u32, 'gets that found their key'),
    f('get_misses', u32, 'gets that did not find their key'),
    f('delete_hits', u32, 'deletes that found their key'),
    f('delete_misses', u32, 'deletes that did not find their key'),
    f('incr_hits', u32, 'increments that found their key'),
    f('incr_misses', u32, 'increments that did not find their key'),
    f('decr_hits', u32, 'decrements that found their key'),
    f('decr_misses', u32, 'decrements that did not find their key'),
    f('cas_hits', u32, 'compare-and-swaps that succeeded'),
    f('cas_misses', u32, 'compare-and-swaps that did not find their key'),
    f('cas_badval', u32, 'compare-and-swaps with a stale value'),
    f('auth_cmds', u32, 'authentication commands'),
    f('auth_errors', u32, 'authentications that failed'),
    f('threads', u32, 'worker threads'),
    f('conn_yields', u32, 'times that a connection yielded to others'),
    f('listen_disabled_num', u32, 'times that connections were refused, the limit being reached'),
    f('curr_connections', u32, 'connections open now'),
    f('rejected_connections', u32, 'connections rejected'),
    f('total_connections', u32, 'connections opened'),
    f('connection_structures', u32, 'connection structures allocated'),
    f('evictions', u32, 'items evicted to make room'),
    f('reclaimed', u32, 'expired items whose room was used again'),
    f('curr_items', u32, 'items stored now'),
    f('total_items', u32, 'items stored'),
    f('bytes_read', u64, 'bytes read from the network', 'bytes'),
    f('bytes_written', u64, 'bytes written to the network', 'bytes'),
    f('bytes', u64, 'bytes stored', 'bytes'),
    f('limit_maxbytes', u64, 'memory allowed', 'bytes'),
  ],
})
export type MemcacheCounters = Of<typeof memcache_counters>

/** Flow records of this file, for the registry. */
export const flow = [memcache_operation] as const

/** Counter records of this file, for the registry. */
export const counters = [memcached_counters, memcache_counters] as const
