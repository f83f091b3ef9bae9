// Owns what is told of a window: keys of the data formats, and with them names for --fail-if and metrics. The keys that the
// reference has are its own. See ai-metrics.ts for the folder. Start at windowColumns.

import type { Column, Datum } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { ConditionUnit } from '../parse/condition-number.ts'
import { periodReason } from './period-reason.ts'
import type { AiWindow, FiveNumbers, Kinds, Measure } from './rows.ts'

/** A key of a window's object. */
export interface AiColumn extends Column<AiWindow> {
  /** It says how good another one is, or what that one rests on: no metric of its own. */
  readonly aside?: boolean
}

/** More digits than a rate can have are noise; counts are whole. */
export function rounded(value: number | null): number | null {
  return value === null || Number.isInteger(value) ? value : Number(value.toPrecision(9))
}

function number(key: string, unit: ConditionUnit, doc: string, value: (window: AiWindow) => number | null): AiColumn {
  return { key, unit, doc, value: (window) => rounded(value(window)) }
}

/** A value with its error, bounds and samples. */
function measured(key: string, unit: ConditionUnit, doc: string, of: (window: AiWindow) => Measure): AiColumn[] {
  return measureColumns(key, unit, doc, of)
}

/** For windows and rows alike. */
export function measureColumns<Row>(
  key: string,
  unit: ConditionUnit,
  doc: string,
  of: (row: Row) => Measure,
): (Column<Row> & { readonly aside?: boolean })[] {
  const aside = true
  return [
    { key, unit, doc, value: (row) => rounded(of(row).value) },
    {
      key: `${key}_error_pct`,
      unit: 'percent',
      doc: `± percent at 95 %, half the way between the bounds`,
      aside,
      value: (row) => rounded(of(row).errorPct),
    },
    { key: `${key}_low`, unit, doc: 'lower bound at 95 %', aside, value: (row) => rounded(of(row).low) },
    { key: `${key}_high`, unit, doc: 'upper bound at 95 %', aside, value: (row) => rounded(of(row).high) },
    {
      key: `${key}_samples`,
      unit: 'count',
      doc: 'samples that it rests on',
      aside,
      value: (row) => rounded(of(row).samples),
    },
  ]
}

/** Yes or no; --fail-if has 1 and 0. */
function flag(key: string, doc: string, value: (window: AiWindow) => boolean | null): AiColumn {
  return { key, unit: 'count', doc, value }
}

function other(key: string, doc: string, value: (window: AiWindow) => Datum): AiColumn {
  return { key, doc, value }
}

/** A list of kinds, and what it leaves out. */
function kinds(key: string, doc: string, code: string, of: (window: AiWindow) => Kinds | null): AiColumn[] {
  return [
    other(
      key,
      `${doc}; a list of \`{name, ${code}, per_s, error_pct, low, high, samples, share}\`, the most frequent first, --top of them`,
      (window) => {
        const found = of(window)
        return found === null
          ? null
          : found.top.map((kind) => ({
              name: kind.name,
              [code]: kind.code,
              ...measureDatum(kind.rate),
              share: rounded(kind.share),
            }))
      },
    ),
    other(
      `${key}_other`,
      'what the list leaves out: `{kinds, per_s, ..., share}`; null where that is nothing',
      (window) => {
        const left = of(window)?.other ?? null
        return left === null ? null : { kinds: left.kinds, ...measureDatum(left.rate), share: rounded(left.share) }
      },
    ),
  ]
}

function measureDatum({ value, errorPct, low, high, samples }: Measure): Readonly<Record<string, Datum>> {
  return {
    per_s: rounded(value),
    error_pct: rounded(errorPct),
    low: rounded(low),
    high: rounded(high),
    samples: rounded(samples),
  }
}

function five(name: 'core' | 'edge', what: string): AiColumn[] {
  const of = (key: string, doc: string, pick: (x: FiveNumbers) => number): AiColumn =>
    number(`${name}_${key}`, key === 'ports' ? 'count' : 'rate', doc, (window) => {
      const found = window[name]
      return found === null ? null : pick(found)
    })
  return [
    of('min_bps', `${what}: received bits a second of the least loaded one, by flow samples`, (x) => x.min),
    of('q1_bps', 'first quartile', (x) => x.q1),
    of('med_bps', 'median', (x) => x.median),
    of('q3_bps', 'third quartile', (x) => x.q3),
    of('max_bps', 'the most loaded one', (x) => x.max),
    of('ports', 'ports that are in it', (x) => x.ports),
  ]
}

/** All keys, in the order in which they are written. */
export const windowColumns: readonly AiColumn[] = [
  other('kind', 'always `window`', () => 'window'),
  other('start', 'start of the window, ISO 8601 UTC; of all of a recorded input its first sample', ({ startMs }) =>
    isoOf(startMs),
  ),
  other('end', 'end of the window, or the last sample', ({ endMs }) => isoOf(endMs)),
  number(
    'seconds',
    'seconds',
    'what rates are by: of the window the part between the first sample and the last, where those are inside; a second at least, or the window where that is shorter. With --compat and --window 2, the decay’s',
    (x) => x.seconds,
  ),
  other('compat', 'true with --compat', (x) => x.compat),
  other('agg', '`edge`, `max` or `sum`: where a packet that several switches sampled counts', (x) => x.agg),
  number('flow_samples', 'count', 'flow samples that came', (x) => x.samples),
  number('counted_samples', 'count', 'of them those that count', (x) => x.counted),
  number('roce_samples', 'count', 'of these those with a base transport header (BTH)', (x) => x.roceSamples),
  number('lost_samples', 'count', 'flow samples missing by their numbers', (x) => x.loss.lost),
  number(
    'agent_dropped_samples',
    'count',
    'flow samples that agents dropped themselves, as they say',
    (x) => x.loss.agentDrops,
  ),
  number(
    'late_samples',
    'count',
    'flow samples that came when their window was over, since the window before',
    (x) => x.loss.tooLate,
  ),
  number(
    'cut_before_bth',
    'count',
    'counted samples to UDP port 4791 whose header ends before the BTH does',
    (x) => x.cutBeforeBth,
  ),
  number(
    'cut_behind_bth',
    'count',
    'RoCE samples whose header ends before the RETH or AETH that their opcode has',
    (x) => x.cutBehindBth,
  ),
  ...measured('bps', 'rate', 'bits a second that enter the fabric, all protocols; frames with their FCS', (x) => x.bps),
  ...measured('roce_bps', 'rate', 'bits a second of RoCE', (x) => x.roceBps),
  ...measured('roce_pps', 'rate', 'RoCE packets a second', (x) => x.rocePps),
  ...measured('uet_pps', 'rate', 'Ultra Ethernet packets a second', (x) => x.uetPps),
  ...kinds('operations', 'RoCE packets by opcode', 'opcode', (x) => x.operations),
  ...measured(
    'messages_pps',
    'rate',
    'messages begun a second: First and Only packets of SEND and WRITE, READ requests, atomics',
    (x) => x.messages,
  ),
  ...measured(
    'bytes_per_message',
    'bytes',
    'RoCE bytes, headers and answers included, a message',
    (x) => x.bytesPerMessage,
  ).slice(0, 1),
  ...measured('rdma_ops', 'rate', 'RDMA operations begun a second: packets with a RETH', (x) => x.rdmaOps),
  ...measured('rdma_bytes', 'bytes', 'mean DMA length of an RDMA operation', (x) => x.rdmaBytes),
  number('rdma_bytes_min', 'bytes', 'least DMA length among the samples', (x) => x.rdmaBytesMin),
  number('rdma_bytes_max', 'bytes', 'greatest DMA length among the samples', (x) => x.rdmaBytesMax),
  ...measured('rdma_bytes_per_s', 'rate', 'DMA bytes a second: of all operations begun', (x) => x.rdmaBytesPerSecond),
  ...kinds(
    'rdma_sizes',
    'RDMA operations by DMA length, in powers of two: `32 KiB` is 32768 to 65535',
    'exponent',
    (x) => x.rdmaSizes,
  ),
  ...measured(
    'aeth_credits_avg',
    'count',
    'mean of the credits of acknowledgements; code 31 (no valid count) is in none of these',
    (x) => x.credits.avg,
  ),
  number('aeth_credits_min', 'count', 'least credits among the samples', (x) => x.credits.min),
  number('aeth_credits_max', 'count', 'most credits among the samples', (x) => x.credits.max),
  number('aeth_code_avg', 'count', 'mean credit code, 0 to 30, as it is in the packet', (x) => x.credits.codeAvg),
  number('aeth_code_min', 'count', 'least code', (x) => x.credits.codeMin),
  number('aeth_code_max', 'count', 'greatest code', (x) => x.credits.codeMax),
  number(
    'aeth_without_count',
    'share',
    'acknowledgements without valid credit count (code 31), of all',
    (x) => x.credits.withoutCount,
  ),
  ...measured('nak_pps', 'rate', 'NAK a second, but for RNR NAK', (x) => x.nak.rate),
  ...kinds('naks', 'NAK by code', 'code', (x) => x.nak),
  ...measured('rnr_nak_pps', 'rate', 'RNR NAK a second: the receiver was not ready', (x) => x.rnr.rate),
  ...kinds('rnr_naks', 'RNR NAK by the time to wait', 'code', (x) => x.rnr),
  ...measured(
    'ecn_pps',
    'rate',
    'RoCE packets with mark CE a second, where they leave the fabric; a lower bound unless `ce_complete`',
    (x) => x.ecn,
  ),
  ...measured('ecn_share', 'share', 'of RoCE packets seen there', (x) => x.ecnShare),
  flag(
    'ce_complete',
    'marks of the last hop are seen too: edge ports sample what leaves by them; null without RoCE',
    (x) => x.ceComplete,
  ),
  ...measured('cnp_pps', 'rate', 'congestion notifications a second: opcode 0x81, SE and M 0', (x) => x.cnp),
  ...measured('cnp_unexpected_pps', 'rate', 'packets of the CNP transport in another form', (x) => x.cnpUnexpected),
  ...measured(
    'trim_pps',
    'rate',
    'RoCE and Ultra Ethernet packets with the DSCP of trimmed ones a second, where they leave the fabric',
    (x) => x.trim,
  ),
  number(
    'psn_advance_pps',
    'rate',
    'packets a second of a queue pair by its sequence numbers (PSN), mean over pairs of samples; not scaled',
    (x) => x.psn.advancePerSecond,
  ),
  number(
    'psn_pairs',
    'count',
    'pairs of samples of a queue pair between which the PSN can not have wrapped',
    (x) => x.psn.pairs,
  ),
  number(
    'psn_backwards',
    'count',
    'of them those in which it went back, by 65,536 packets at most: they were sent again, or overtaken',
    (x) => x.psn.backwards,
  ),
  number(
    'psn_ambiguous',
    'count',
    'pairs left out: it may have wrapped, or went back further, as where a connection begins anew',
    (x) => x.psn.ambiguous,
  ),
  number(
    'msn_advance_per_s',
    'rate',
    'messages a second that a queue pair completes, by message sequence numbers (MSN) of its answers',
    (x) => x.msn.advancePerSecond,
  ),
  number('msn_pairs', 'count', 'pairs of answers that it rests on', (x) => x.msn.pairs),
  ...five('core', 'ports of links between switches'),
  ...five('edge', 'ports of switches that no other switch is behind'),
  other(
    'ecmp',
    'evenness of parallel links, a list of `{tier, links, switches, bps, max_over_mean, variation, variation_by_chance, busiest, shares}`; null without topology',
    (x) =>
      x.ecmp === null
        ? null
        : x.ecmp.map((tier) => ({
            tier: tier.tier,
            links: tier.links,
            switches: tier.switches,
            bps: rounded(tier.bitsPerSecond),
            max_over_mean: rounded(tier.maxOverMean),
            variation: rounded(tier.variation),
            variation_by_chance: rounded(tier.variationByChance),
            busiest: wayDatum(tier.busiest),
            shares: tier.shares.map(wayDatum),
          })),
  ),
  number(
    'ecmp_max_over_mean',
    'count',
    'of the least even tier: its busiest links over their switches’ mean; 1 is even',
    (x) => (x.ecmp === null || x.ecmp.length === 0 ? null : Math.max(...x.ecmp.map((tier) => tier.maxOverMean))),
  ),
  number(
    'errors_in',
    'rate',
    'received packets with errors a second, by interface counters; null where no port has them',
    (x) => x.counters.errorsIn,
  ),
  number('errors_out', 'rate', 'packets that errors kept from being sent', (x) => x.counters.errorsOut),
  number('discards_in', 'rate', 'received packets discarded', (x) => x.counters.discardsIn),
  number('discards_out', 'rate', 'packets discarded before they were sent', (x) => x.counters.discardsOut),
  number('counter_ports', 'count', 'ports with counters that are in these', (x) => x.counters.ports),
  number(
    'drops_pps',
    'rate',
    'discarded packets that switches told of (0:5) or missed to tell, a second; null where none ever told',
    (x) => x.drops?.rate.value ?? null,
  ),
  ...kinds('drops', 'discarded packets by reason', 'reason', (x) => x.drops),
  number('period', 'seconds', 'time between bursts; null where none is found', (x) => x.period?.periodSeconds ?? null),
  number('period_error', 'seconds', '± at 95 %', (x) => x.period?.errorSeconds ?? null),
  number('period_cycles', 'count', 'cycles that it rests on', (x) => x.period?.cycles ?? null),
  number(
    'period_confidence',
    'share',
    '1 - p, where p is the chance of as much where there is no cycle; with one or without. Null with --method threshold',
    (x) => x.period?.confidence ?? null,
  ),
  other('period_reason', 'why `period` is null', (x) => periodReason(x.period, x.roceSamples) ?? null),
  other('period_method', 'how it is found', (x) => x.period?.method ?? null),
]

function wayDatum({
  node,
  link,
  share,
}: {
  readonly node: string
  readonly link: string
  readonly share: number
}): Datum {
  return { node, link, share: rounded(share) }
}

/** A window as one object. */
export function windowObject(window: AiWindow): Record<string, Datum> {
  return Object.fromEntries(windowColumns.map(({ key, value }) => [key, value(window)]))
}
