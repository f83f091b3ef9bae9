// Owns the records of sflow_jvm.txt: Java virtual machines.
// Must not know how records are decoded. Start at jvm_runtime.

import { f, string, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sflow_jvm.txt'

export const jvm_runtime = record({
  name: 'jvm_runtime',
  tag: [0, 2105],
  source: `${document}, "jvm_runtime"`,
  fields: [
    f('vm_name', string, 'name of the implementation'),
    f('vm_vendor', string, 'vendor of the implementation'),
    f('vm_version', string, 'version of the implementation'),
  ],
})
export type JvmRuntime = Of<typeof jvm_runtime>

export const jvm_statistics = record({
  name: 'jvm_statistics',
  tag: [0, 2106],
  source: `${document}, "jvm_statistics"`,
  notes: '108 bytes, or 100 without the file descriptors (C15).',
  optionalFrom: 'fd_open_count',
  fields: [
    f('heap_initial', u64, 'heap asked for at the start', 'bytes'),
    f('heap_used', u64, 'heap used', 'bytes'),
    f('heap_committed', u64, 'heap committed', 'bytes'),
    f('heap_max', u64, 'heap allowed', 'bytes'),
    f('non_heap_initial', u64, 'other memory asked for at the start', 'bytes'),
    f('non_heap_used', u64, 'other memory used', 'bytes'),
    f('non_heap_committed', u64, 'other memory committed', 'bytes'),
    f('non_heap_max', u64, 'other memory allowed', 'bytes'),
    f('gc_count', u32, 'garbage collections'),
    f('gc_time', u32, 'time in garbage collection', 'ms'),
    f('classes_loaded', u32, 'classes loaded now'),
    f('classes_total', u32, 'classes loaded since the start'),
    f('classes_unloaded', u32, 'classes unloaded since the start'),
    f('compilation_time', u32, 'time compiling', 'ms'),
    f('thread_num_live', u32, 'live threads'),
    f('thread_num_daemon', u32, 'live daemon threads'),
    f('thread_num_started', u32, 'threads started'),
    f('fd_open_count', u32, 'file descriptors open'),
    f('fd_max_count', u32, 'file descriptors allowed'),
  ],
})
export type JvmStatistics = Of<typeof jvm_statistics>

/** Counter records of this file, for the registry. */
export const counters = [jvm_runtime, jvm_statistics] as const
