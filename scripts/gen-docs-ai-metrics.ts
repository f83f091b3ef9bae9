// Writes docs/ai-metrics.md: what every number of sonde ai-metrics is, from where they are declared. With --check it writes nothing
// and fails where the file would change.

import { windowColumns } from '../src/lib/ai-metrics/columns.ts'
import { ownMetrics } from '../src/lib/ai-metrics/metrics.ts'
import { rowColumns } from '../src/lib/ai-metrics/row-columns.ts'
import { aiMetrics } from '../src/lib/metrics/ai-metric-names.ts'
import { writeGenerated } from './generated-file.ts'

const cell = (text: string) => text.replaceAll('|', '\\|')
const row = (...cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
const code = (text: string) => `\`${text}\``

const head = `<!-- Written by scripts/gen-docs-ai-metrics.ts: do not edit. -->
# AI metrics

\`sonde ai-metrics\` tells how a fabric that trains models is doing, by the RoCE headers in flow samples (0:1), interface counters
(0:1 of counter samples) and notifications of discarded packets (0:5). Estimates, their scale and their errors are those of
[estimates.md](estimates.md).

## How it is counted

**Where a packet counts.** Several switches sample the same packet. With \`--topology\` it counts where it comes in by an edge port,
once. Without one, or where the topology does not fit the samples, the switch with most RoCE packets is chosen and the others do
not count (\`agg\` is \`max\`, a note says so); of one switch all that it samples counts once. \`--agg\` chooses. A switch that samples
both directions of its ports counts what comes in. A note tells of a link to a node that no agent is, where packets come in by a port that
may be its end: they would count twice.

**Marks.** Switches mark packets (ECN: CE) and trim them on the way, so these count where packets leave the fabric: samples of what
leaves by edge ports. Where a switch at the edge samples only what comes in, what it receives from other switches is the last
that can be seen of a packet, and marks of its own are missing: \`ce_complete\` is false, \`ecn_pps\` and \`trim_pps\` are lower bounds,
and the table writes ≥. CNP are the witness: receivers send them for marks that arrived. Without a topology it is complete for a
single switch that samples both directions only.

**Unknown is null**, and no series in Prometheus text. 0 says that samples were there and none was of the kind; \`_high\` says how
many may have been missed. Once nothing has come for 40 s all is null, and so are the windows that go on, one after another. RoCE headers that are cut before what is needed are counted (\`cut_before_bth\`, \`cut_behind_bth\`).

**Messages and packets.** \`operations\` are packets by opcode: a WRITE of 32 KiB at an MTU of 4096 is one First, six Middle, one Last.
\`messages_pps\` counts those that begin one. \`rdma_ops\` counts packets with a RETH: WRITE First and Only, READ request, FLUSH, ATOMIC
WRITE; SEND and atomics have none. Exactly one packet of an operation has it, so the rate is not biased by sampling.

**Credits** are those behind the code of an ACK's syndrome (12 for code 7; InfiniBand Architecture 1.7, 9.7.7.2); code 31 says that
there is no valid count, and is in none of them: \`aeth_without_count\` is its share. \`aeth_code_*\` are the codes themselves. READ responses
and atomic acknowledges have an AETH too.

**Sequence numbers.** PSN and MSN have 24 bits. Two samples of one queue pair (destination address and QP, requests and answers
apart) at one place are a pair where fewer than 2^23 packets passed that place between them, by the sample pool where it measures,
else as many as chance permits; other pairs are ambiguous and left out. \`psn_advance_pps\` is the advance over the time of all pairs:
packets a second of a queue pair, without any scaling. A pair that goes back by 65,536
packets at most is one in which packets were sent again, or overtook each other: so many are not outstanding (256 MiB at an MTU of 4096). One
that goes back further is ambiguous: a connection that begins anew has a number of its own.

**Links.** Of each port of the topology what it receives, by flow samples; a link has two ports, a direction each. A port without
samples is 0 only where its counters are known and it is up; aggregates, VLAN interfaces and ports for management are left out. Quartiles are
linear between ranks (type 7).

**ECMP.** Switches with edge ports from which samples come are tier 1, those next to them tier 2, and so on. \`1 up\` has of each switch of
tier 1 its links to tier 2, among which packets are spread; \`2 down\` the links of a switch to one and the same switch below, where there are
several. \`max_over_mean\` is the sum of each switch's busiest link over the sum of their means, \`variation\` the standard deviation
over the mean, \`variation_by_chance\` what sampling alone makes of even links. Switches that send nothing there, and links whose other end is not heard
of, are left out.

**Drops** are told, not sampled: those told and those missing by their numbers or as agents say. What is missing is shared out over
the reasons of its agent; \`low\` and \`high\` say none of it, or all.

**Counters** (\`errors_*\`, \`discards_*\`) are sums over ports of the topology's nodes, without it over all: of the intervals between counter
samples that end in the window, or the last one where it is not older than three minutes.

**Period** is found in RoCE packets that count, each at the time of its sample: 0:1043 where the agent tells it and it is within 2 s of the
datagram's, else when the datagram left its agent. [period.md](period.md) has how it is found (\`--method h\`), from which sampling rate on, and what
agents that hold samples hide; \`period_error\` is at 95 %, \`period_confidence\` is 1 - p, and where there is none \`period_reason\` says why. Here it is one
period for all RoCE; \`sonde period\` has one for each job. Of a whole capture it is the last one that was found.

\`--method threshold\` is sFlow-RT's, as is the default of \`--compat\`. It takes samples as of when their datagrams came, put in order: the packet rate decayed over 0.1 s crosses the mean of the rate decayed over 2 s; each rise, after 0.2 s below, ends a cycle. The
period is the mean of the last 20 cycles, null unless their standard deviation is below half of it, or once ten of them passed without a
rise; ± is from their spread. It takes 20 s and 20 cycles to learn, and 20 s more after a change of the load by more than two standard deviations
in two seconds running. Where the reference does not say how, sonde has: last values with the outliers among them, their extremes as limits of
the threshold, variance with n - 1, and traffic that is above the threshold at its start has to fall below it first.

**Rows** (\`--by\`): \`port\` what comes in by it (of ports that only sample what leaves: that); \`link\` both directions; \`qp\` destination
address and queue pair; \`group\` the network of --groups that the sender is in, sets tried in order. \`--top\` of them, then one row for
the others and one for the total. By port and link that total is a sum over places, at each of which a packet counts: more than enters the
fabric.

**On a terminal** \`sonde ai-metrics\` without a capture is a screen: the twelve charts of the last five minutes where there are 111 columns
and 34 rows or more, else a line a chart with its shape. \`←\` \`→\` move a cursor through time, and every title has the value of that second; \`↵\`
shows the selected chart large, \`p\` the packet rate in steps of 100 ms with its mean and the reference's threshold, \`b\` the rows of \`--by\`,
which can be changed there.
`

const keys = `## Keys

NDJSON and JSON have an object a window, behind its rows where there are any; CSV a line a window, or with \`--by\` a line a row. Every
estimate has four more keys: \`KEY_error_pct\` (± at 95 %), \`KEY_low\`, \`KEY_high\` and \`KEY_samples\`. Numbers can be asked by \`--fail-if\`,
as \`ecn_pps > 0\`; null is never true.

| key | what it is |
|---|---|
${windowColumns
  .filter(({ aside }) => aside !== true)
  .map(({ key, doc }) => row(code(key), doc))
  .join('\n')}

With \`--by\` rows have these, as \`rows[0].KEY\` in --fail-if:

| key | what it is |
|---|---|
${rowColumns('qp')
  .map(({ key, doc }) => row(code(key), doc))
  .join('\n')}
`

const metrics = `## Metrics

\`--format prometheus\` has these gauges, named as sFlow-RT names them, in its order. All are rates already. \`sflow_ai_operations\` has the label \`name\`,
\`sflow_ai_drops\` the label \`reason\`.

| metric | what it is |
|---|---|
${aiMetrics.map(({ name, help }) => row(code(name), help)).join('\n')}

And these of our own (not with \`--compat\`), with \`_error_pct\` each where it is an estimate; rows of \`--by port\` are \`sonde_ai_port_KEY{port="..."}\`,
others likewise.

| metric | what it is |
|---|---|
${ownMetrics
  .filter(({ name }) => !name.endsWith('_error_pct'))
  .map(({ name, help }) => row(code(name), help))
  .join('\n')}
`

const compat = `## --compat

The numbers of sFlow-RT's AI Metrics 0.6 under the same names. That program's script is public, its engine is not, so some of this is
known and some is assumed. Quirks are kept; the right-hand side says what sonde does without the flag.

| number | as the reference has it | how sure | without --compat |
|---|---|---|---|
| rates | exponentially decayed sums, Σ N e^(-(now - t)/2 s) / 2 s, once a second; over all of a recorded input (no --window) plain means, which that is on average | t = 2 known; the form assumed | windows |
| N | the rate that each sample says | assumed | the effective rate |
| \`bps\` | frame lengths that come in by edge ports, × 8 | known; that edge is every port of a node without link assumed | same |
| \`operations\` | packets by transport and opcode, the first five with 1 a second or more, no remainder | known; the text of the label assumed but for \`:\` | all, with remainder |
| \`rdma_ops\`, \`rdma_bytes\` | packets that have a RETH, mean DMA length | that others are skipped assumed | same |
| \`aeth_credits_*\` | mean, least and most "ACK value"; sonde gives credits, without code 31, extremes of the last 2 s | whether credits or codes are meant, whether 31 is in, and the horizon are unknown | over the window; codes beside |
| \`core_*\`, \`edge_*\` | five numbers of the same per-port rates; 0 where there is no such port | known; the quartile method assumed (type 7) | null where there is none |
| \`ecn_pps\` | packets with BTH and CE that come in, summed over every port of the topology: × 3 across leaf, spine, leaf | filter and sum known | where they leave, once |
| \`cnp_pps\` | opcode 129, SE and M 0, likewise summed | known | where they enter, once |
| \`trim_pps\` | any packet with the DSCP, both directions of every port | known | RoCE and Ultra Ethernet, where they leave |
| \`errors_*\`, \`discards_*\` | counters as rates, summed over the topology | known | same; ports that are none are left out |
| \`drops\` | by reason, the first five with 0.0001 a second or more, of agents in the topology; sonde takes all agents | known | all, with remainder |
| \`period\` | threshold method | known but for details of its baselines | the H-test over times of samples; see --method |
| unknown | 0; sonde takes less than 10^-6 of a sample that is left of a decayed sum for none | known | null |

Without \`--topology\` the reference has no ports, so everything but drops is 0.
`

writeGenerated('docs/ai-metrics.md', [head, keys, metrics, compat].join('\n'))
