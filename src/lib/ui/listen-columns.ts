// Owns the columns of the agents in the screen of `sonde listen`. See listen-screen.ts.

import type { AgentRow } from '../listen/snapshot.ts'
import { formatSi } from './numbers.ts'
import {
  cellText,
  countCell,
  rateCell,
  ratioCell,
  spanCell,
  type TableColumn,
  truncateMiddle,
} from './screen/screen.ts'

/** Numbers in an address count as numbers: 10.0.0.9 is before 10.0.0.10. */
const inOrder = (text: string) => text.replace(/\d+/g, (digits) => digits.padStart(10, '0'))

/** Tells agents apart; in the order of addresses. */
export function agentKey({ agent, subAgent }: Pick<AgentRow, 'agent' | 'subAgent'>): string {
  return `${inOrder(agent ?? '')} ${inOrder(String(subAgent))}`
}

/** `100k`, `1k … 100k`, `1k … 100k ✗`; closer together where it is narrow, for the mark must be seen. */
function ratesCell({ rateLeast, rateMost, rateOff }: AgentRow, width: number): string {
  if (rateLeast === null || rateMost === null) return '-'
  const [least, most] = [ratioCell(rateLeast), ratioCell(rateMost)]
  const mark = rateOff === true ? '✗' : ''
  const wide = `${least === most ? least : `${least} … ${most}`}${mark === '' ? '' : ` ${mark}`}`
  if (wide.length <= width) return wide
  const close = `${least}…${most}${mark}`
  return close.length <= width ? close : `${roughRatio(rateLeast)}…${roughRatio(rateMost)}${mark}`
}

/** In 4 characters: `16k` for 16,384. Two digits tell a range. */
function roughRatio(n: number): string {
  const [digits, prefix = ''] = formatSi(Number(n.toPrecision(2)), '').split(' ')
  return `${Number(digits)}${prefix}`
}

/** Least widths fill 80 columns; 60 have the first seven by priority. */
export const agentColumns: readonly TableColumn<AgentRow>[] = [
  {
    title: 'AGENT',
    min: 15,
    max: 39,
    priority: 1,
    cell: ({ agent }, width) => truncateMiddle(cellText(agent ?? '(none)'), width),
    sort: agentKey,
  },
  {
    title: 'NAME',
    min: 12,
    max: 40,
    priority: 10,
    cell: ({ hostName }) => (hostName === null ? '-' : cellText(hostName)),
    sort: ({ hostName }) => hostName,
  },
  // hsflowd's is 100000.
  { title: 'SUB', min: 6, max: 10, priority: 0, align: 'right', cell: ({ subAgent }) => String(subAgent) },
  {
    title: 'DGRAM/S',
    min: 7,
    priority: 2,
    align: 'right',
    cell: ({ datagramsPerSecond }) => rateCell(datagramsPerSecond),
    paint: ({ datagramsPerSecond }, { doubtful }) => (datagramsPerSecond === 0 ? doubtful : undefined),
    sort: ({ datagramsPerSecond }) => datagramsPerSecond,
  },
  {
    title: 'FLOW/S',
    min: 6,
    max: 8,
    priority: 4,
    align: 'right',
    cell: ({ flowPerSecond }) => rateCell(flowPerSecond),
    sort: ({ flowPerSecond }) => flowPerSecond,
  },
  {
    title: 'CNTR/S',
    min: 6,
    max: 8,
    priority: 8,
    align: 'right',
    cell: ({ countersPerSecond }) => rateCell(countersPerSecond),
    sort: ({ countersPerSecond }) => countersPerSecond,
  },
  {
    title: 'DISC/S',
    min: 6,
    max: 8,
    priority: 9,
    align: 'right',
    cell: ({ discardsPerSecond }) => rateCell(discardsPerSecond),
    sort: ({ discardsPerSecond }) => discardsPerSecond,
  },
  {
    title: '1:N',
    min: 10,
    max: 16,
    priority: 5,
    align: 'right',
    cell: ratesCell,
    paint: ({ rateOff }, { doubtful }) => (rateOff === true ? doubtful : undefined),
    sort: ({ rateMost }) => rateMost,
  },
  {
    title: 'LOST',
    min: 5,
    max: 11,
    priority: 3,
    align: 'right',
    cell: ({ lost }, width) => countCell(lost, width),
    paint: ({ lost }, { bad }) => (lost !== null && lost > 0 ? bad : undefined),
    sort: ({ lost }) => lost,
  },
  {
    title: 'OWN',
    min: 5,
    max: 11,
    priority: 7,
    align: 'right',
    cell: ({ ownDrops }, width) => countCell(ownDrops, width),
    paint: ({ ownDrops }, { bad }) => (ownDrops > 0 ? bad : undefined),
    sort: ({ ownDrops }) => ownDrops,
  },
  {
    title: 'UP ',
    min: 4,
    max: 6,
    priority: 6,
    align: 'right',
    cell: ({ uptimeMs, restarts }, width) => `${spanCell(uptimeMs)}${width > 4 ? ' ' : ''}${restarts > 0 ? '↺' : ' '}`,
    paint: ({ restarts }, { doubtful }) => (restarts > 0 ? doubtful : undefined),
    sort: ({ uptimeMs }) => uptimeMs,
  },
]

export const agentHelp: readonly string[] = [
  'DGRAM/S, FLOW/S, CNTR/S, DISC/S: datagrams, and flow, counter and discard samples a second, over the last five. 0 datagrams are yellow: the agent is silent.',
  '1:N: configured sampling rates, least … most. ✗: a data source samples more than 20 % off its configured rate.',
  'LOST: datagrams lost between the agent and here, by gaps in its numbers; - where it does not count.',
  'OWN: samples that the agent itself dropped before it sent them.',
  'UP: time since the agent started; ↺: it restarted while we listened.',
  'The first line has the datagrams a second over the last five seconds, as all rates here; a block for each second, the newest at the right, as many as there is room for, a minute at most, and the largest of them (≤); and the share of all datagrams that was lost anywhere.',
  'At the bottom are the totals since the start; of issues the newest of each kind.',
]
