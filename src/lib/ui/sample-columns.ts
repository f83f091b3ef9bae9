// Owns the columns of the interfaces in the screen of `sonde sample`. See sample-screen.ts.

import type { PortRow } from '../sample/port-rows.ts'
import { cellText, countCell, rateCell, ratioCell, type TableColumn } from './screen/screen.ts'

export const portKey = ({ interfaceIndex }: PortRow): string => String(interfaceIndex)

/** Least widths fill 80 columns. */
export const portColumns: readonly TableColumn<PortRow>[] = [
  {
    title: 'INTERFACE',
    min: 15,
    max: 24,
    priority: 0,
    cell: ({ name, isSampled }, width) => (isSampled ? cellText(name) : `${cellText(name).slice(0, width - 5)} gone`),
    paint: ({ isSampled }, { dim }) => (isSampled ? undefined : dim),
    sort: ({ name }) => name.replace(/\d+/g, (digits) => digits.padStart(10, '0')),
  },
  {
    title: '1:N',
    min: 5,
    max: 7,
    priority: 2,
    align: 'right',
    cell: ({ rate }) => ratioCell(rate),
    sort: ({ rate }) => rate,
  },
  {
    title: 'IN/S',
    min: 6,
    max: 9,
    priority: 3,
    align: 'right',
    cell: ({ inPerSecond }) => rateCell(inPerSecond),
    sort: ({ inPerSecond }) => inPerSecond,
  },
  {
    title: 'OUT/S',
    min: 6,
    max: 9,
    priority: 4,
    align: 'right',
    cell: ({ outPerSecond }) => rateCell(outPerSecond),
    sort: ({ outPerSecond }) => outPerSecond,
  },
  {
    title: 'SAMPLES/S',
    min: 9,
    priority: 1,
    align: 'right',
    cell: ({ samplesPerSecond }) => rateCell(samplesPerSecond),
    sort: ({ samplesPerSecond }) => samplesPerSecond,
  },
  {
    title: 'SAMPLES',
    min: 9,
    max: 13,
    priority: 7,
    align: 'right',
    cell: ({ samples }, width) => countCell(samples, width),
    sort: ({ samples }) => samples,
  },
  {
    title: 'POOL',
    min: 10,
    max: 18,
    priority: 6,
    align: 'right',
    cell: ({ poolIn, poolOut }, width) => countCell(poolIn + poolOut, width),
    sort: ({ poolIn, poolOut }) => poolIn + poolOut,
  },
  {
    title: 'LOST',
    min: 6,
    max: 11,
    priority: 5,
    align: 'right',
    cell: ({ lost }, width) => countCell(lost, width),
    paint: ({ lost }, { bad }) => (lost > 0 ? bad : undefined),
    sort: ({ lost }) => lost,
  },
]

export const portHelp: readonly string[] = [
  'IN/S, OUT/S: packets that come in and go out, a second, over the last five: all of them, not an estimate.',
  'SAMPLES/S, SAMPLES: samples a second and since the start; SAMPLES × N is about POOL, the packets that could have been one.',
  'LOST: samples that found the ring full. Collectors are told of them (drops), so that what they estimate stays right.',
]
