// Owns the record of sflow_optics.txt: pluggable optical modules.
// Must not know how records are decoded. Start at sfp.

import { arrayOf, f, i32, struct, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const sfp = record({
  name: 'sfp',
  tag: [0, 10],
  source: 'sflow_optics.txt, "sfp"',
  notes: 'The temperature is signed; sflowtool prints it unsigned.',
  fields: [
    f('module_id', u32, 'ifIndex of the module, or the lowest ifIndex that shares it'),
    f('module_num_lanes', u32, 'lanes of the module'),
    f('module_supply_voltage', u32, 'supply voltage', 'mV'),
    f('module_temperature', i32, 'temperature', 'thousandths of °C'),
    f(
      'lanes',
      arrayOf(
        struct(
          f('index', u32, 'number of the lane, from 1; 0 unknown'),
          f('tx_bias_current', u32, 'transmit bias current', 'µA'),
          f('tx_power', u32, 'transmit power', 'µW'),
          f('tx_power_min', u32, 'least transmit power', 'µW'),
          f('tx_power_max', u32, 'greatest transmit power', 'µW'),
          f('tx_wavelength', u32, 'transmit wavelength', 'nm'),
          f('rx_power', u32, 'receive power', 'µW'),
          f('rx_power_min', u32, 'least receive power', 'µW'),
          f('rx_power_max', u32, 'greatest receive power', 'µW'),
          f('rx_wavelength', u32, 'receive wavelength', 'nm'),
        ),
      ),
      'lanes that this interface uses',
    ),
  ],
})
export type Sfp = Of<typeof sfp>

/** Counter records of this file, for the registry. */
export const counters = [sfp] as const
