// Owns the records for queue length monitoring.
// Must not know how records are decoded. Start at queue_length.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sFlow discussion list, "sFlow for queue length monitoring"'

export const extended_queue_length = record({
  name: 'extended_queue_length',
  tag: [0, 1019],
  source: document,
  notes: 'Layout from sflow-parser only. An agent that sends it sends queue_length (counter 0:1003) too.',
  fields: [
    f('queueIndex', u32, 'persistent number of the queue on its port'),
    f('queueLength', u32, 'length of the queue just before the packet was queued', 'segments'),
  ],
})
export type ExtendedQueueLength = Of<typeof extended_queue_length>

export const queue_length = record({
  name: 'queue_length',
  tag: [0, 1003],
  source: document,
  notes:
    'A histogram: queueLengthN counts packets that met a length over the bucket before and up to N. Layout from sflow-parser only.',
  fields: [
    f('queueIndex', u32, 'persistent number of the queue on its port'),
    f('segmentSize', u32, 'size of a segment', 'bytes'),
    f('queueSegments', u32, 'segments that the queue may hold', 'segments'),
    f('queueLength0', u32, 'packets that met an empty queue', 'packets'),
    f('queueLength1', u32, 'packets that met 1 segment', 'packets'),
    f('queueLength2', u32, 'packets that met 2 segments', 'packets'),
    f('queueLength4', u32, 'packets that met 3 or 4 segments', 'packets'),
    f('queueLength8', u32, 'packets that met 5 to 8 segments', 'packets'),
    f('queueLength32', u32, 'packets that met 9 to 32 segments', 'packets'),
    f('queueLength128', u32, 'packets that met 33 to 128 segments', 'packets'),
    f('queueLength1024', u32, 'packets that met 129 to 1024 segments', 'packets'),
    f('queueLengthMore', u32, 'packets that met more than 1024 segments', 'packets'),
    f('dropped', u32, 'packets dropped, the queue being full', 'packets'),
  ],
})
export type QueueLength = Of<typeof queue_length>

/** Flow records of this file, for the registry. */
export const flow = [extended_queue_length] as const

/** Counter records of this file, for the registry. */
export const counters = [queue_length] as const
