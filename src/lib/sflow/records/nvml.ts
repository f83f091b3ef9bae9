// Owns the record of sflow_nvml.txt: NVIDIA GPUs.
// Must not know how records are decoded. Start at nvidia_gpu.

import { f, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const nvidia_gpu = record({
  name: 'nvidia_gpu',
  tag: [5703, 1],
  source: 'sflow_nvml.txt, "nvidia_gpu"',
  notes: 'Sums over the GPUs of the host, but temperature is the greatest.',
  fields: [
    f('device_count', u32, 'GPUs'),
    f('processes', u32, 'compute processes'),
    f('gpu_time', u32, 'time that a kernel was running', 'ms'),
    f('mem_time', u32, 'time that memory was read or written', 'ms'),
    f('mem_total', u64, 'memory', 'bytes'),
    f('mem_free', u64, 'memory that is free', 'bytes'),
    f('ecc_errors', u32, 'ECC errors'),
    f('energy', u32, 'energy', 'mJ'),
    f('temperature', u32, 'greatest temperature', '°C'),
    f('fan_speed', u32, 'fan speed', 'percent'),
  ],
})
export type NvidiaGpu = Of<typeof nvidia_gpu>

/** Counter records of this file, for the registry. */
export const counters = [nvidia_gpu] as const
