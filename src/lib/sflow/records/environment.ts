// Owns the records of the energy proposal: power, temperature, humidity, fans.
// Must not know how records are decoded. Start at energy.

import { f, i32, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sFlow discussion list, "Energy" proposal'
const notes = 'Layout from sflow-parser only.'

export const energy = record({
  name: 'energy',
  tag: [0, 3000],
  source: document,
  notes: 'Unknown is all ones (C12). Layout from sflow-parser only.',
  fields: [
    f('voltage', u32, 'voltage', 'mV'),
    f('current', u32, 'current', 'mA'),
    f('real_power', u32, 'real power', 'mW'),
    f(
      'power_factor',
      i32,
      'power factor, -10000 to 10000 for AC; -2147483647 unknown for AC, 2147483647 DC',
      'hundredths of a percent',
    ),
    f('energy', u32, 'energy', 'mJ'),
    f('errors', u32, 'readings that were lost'),
  ],
})
export type Energy = Of<typeof energy>

export const temperature = record({
  name: 'temperature',
  tag: [0, 3001],
  source: document,
  notes,
  fields: [
    f('minimum', i32, 'the coolest sensor', 'tenths of °C'),
    f('maximum', i32, 'the hottest sensor', 'tenths of °C'),
    f('errors', u32, 'readings that were lost'),
  ],
})
export type Temperature = Of<typeof temperature>

export const humidity = record({
  name: 'humidity',
  tag: [0, 3002],
  source: document,
  notes,
  fields: [f('relative', i32, 'relative humidity', 'percent')],
})
export type Humidity = Of<typeof humidity>

export const fans = record({
  name: 'fans',
  tag: [0, 3003],
  source: document,
  notes,
  fields: [f('total', u32, 'fans'), f('failed', u32, 'fans that failed'), f('speed', u32, 'mean speed', 'percent')],
})
export type Fans = Of<typeof fans>

/** Counter records of this file, for the registry. */
export const counters = [energy, temperature, humidity, fans] as const
