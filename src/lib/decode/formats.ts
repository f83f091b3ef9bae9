// Owns which format an option means. Start at createFormat.

import { SampleKind } from '../sflow/samples.ts'
import type { Format } from './format.ts'
import { LineWriter } from './line.ts'
import { array, DatagramObjects, lines, SampleObjects } from './objects.ts'
import type { DecodeOptions } from './options.ts'
import { DatagramCapture, HeaderCapture } from './pcap.ts'

/** @param note tells what an output can't hold */
export function createFormat(options: DecodeOptions, note: (line: string) => void): Format {
  switch (options.format) {
    case 'ndjson':
    case 'json': {
      const frame = options.format === 'json' ? array : lines
      return options.object === 'datagram' ? new DatagramObjects(frame) : new SampleObjects(frame)
    }
    case 'line':
      return new LineWriter()
    case 'pcap':
      if (options.what === 'datagrams') return new DatagramCapture()
      return new HeaderCapture(options.what === 'discards' ? SampleKind.discard : SampleKind.flow, note)
    default:
      throw new RangeError(options.format)
  }
}
