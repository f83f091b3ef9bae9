// Owns the flags of `sonde topo status`, `locate` and `show`. Knows no engine; what a value may be is in lib/parse. Start with
// fabricFlags; the ones that all analyses share are in analysis-flags.ts.

import { boolean, custom, option } from '@oclif/core/flags'
import { analysisOutputFlags, everyFlag, ignoreCaseFlag, topologyFlag } from './analysis-flags.ts'
import { groups, outputFlags, withEnvironment } from './flags.ts'
import { analysisFormats } from './lib/analysis/options.ts'
import { InputError } from './lib/errors.ts'
import { parseChoices } from './lib/parse/list.ts'
import { type StatusCheck, statusCheckNames } from './lib/topo-status/status.ts'

/** A topology, and how its names are found in sFlow. */
export const fabricFlags = withEnvironment({
  topology: topologyFlag('Nodes and links as sFlow-RT JSON; sonde topo import makes it.'),
  'ignore-case': ignoreCaseFlag,
  every: everyFlag('Between two reports: live 30s, locate 10s, a screen 5s; a capture has one, at its end.'),
})

/** How results look; there is no screen. */
export const topoOutputFlags = withEnvironment({
  format: option({ options: analysisFormats })({
    char: 'f',
    helpValue: 'FORMAT',
    summary: 'table, ndjson, json, csv or prometheus. Default table on a terminal, else ndjson.',
    helpGroup: groups.output,
  }),
  ...outputFlags,
  'fail-if': analysisOutputFlags['fail-if'],
})

export const statusFlags = withEnvironment({
  details: boolean({
    default: false,
    summary: 'Name all nodes and links, and all findings.',
    helpGroup: groups.output,
  }),
  ignore: custom<StatusCheck[]>({ parse: async (text) => parseChoices(text, '--ignore', statusCheckNames) })({
    helpValue: 'CHECK,...',
    summary: `Leave out what these find: ${statusCheckNames.join(', ')}.`,
    helpGroup: groups.select,
  }),
  'exit-code': boolean({ default: false, summary: 'Exit code 1 where something was found.', helpGroup: groups.output }),
})

/** Live: between two reports. Agents send counters every 20 or 30 seconds. */
export const EVERY_MS = 30_000

/** @throws InputError where there is none */
export function neededTopology(path: string | undefined, command: string): string {
  if (path !== undefined) return path
  throw new InputError(`sonde topo ${command} needs --topology FILE.`, [
    'sonde topo import makes one out of what you have: DOT, NetQ, eAPI, NetBox, containerlab, lldpd.',
  ])
}
