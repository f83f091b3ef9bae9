// Writes docs/top-flows.md: keys of the rows of sonde top-flows, its recipes, names for --fail-if and metrics, from where they are
// declared. With --check it writes nothing and fails where the file would change.

import { runFactNames } from '../src/lib/analysis/facts.ts'
import { noData } from '../src/lib/expression/data.ts'
import { flowColumns } from '../src/lib/top-flows/columns.ts'
import { makeQuery } from '../src/lib/top-flows/make-query.ts'
import { parseQuery } from '../src/lib/top-flows/query.ts'
import { recipes } from '../src/lib/top-flows/recipes.ts'
import { TopFlows } from '../src/lib/top-flows/top-flows.ts'
import { writeGenerated } from './generated-file.ts'

const cell = (text: string) => text.replaceAll('|', '\\|')
const code = (text: string) => (text === '' ? '' : `\`${text}\``)
const row = (...cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`

const none = {
  keys: undefined,
  filter: undefined,
  recipe: undefined,
  top: undefined,
  window: undefined,
  every: undefined,
}
const flags = { ...none, value: 'bytes,avg:iptotallength', smooth: undefined, agg: undefined, dropped: false }
const query = makeQuery({ ...flags, by: 'interface' }, undefined, true)
const settings = {
  scale: 'effective',
  maxFlows: 1,
  latenessMs: 0,
  rates: [],
  topology: undefined,
  names: true,
  data: noData,
} as const

const head = `<!-- Written by scripts/gen-docs-top-flows.ts: do not edit. -->
# Top flows

\`sonde top-flows\` counts sampled packets by keys of your choice, live or from captures, and says what that is in bits and packets a
second, with the error of the estimate. [flows.md](flows.md) has the language of keys, values and filters,
[attributes.md](attributes.md) the attributes. Without flags: who talks to whom (\`src,dst\`: addresses of IPv4 or IPv6, of
Ethernet where there is no IP), in bytes and frames.

**Rows.** The \`--top\` largest by the first value; then \`other\`, all flows that are not listed; \`no_key\`, samples that lack one of the
keys; \`total\`. Additive values add up to the total but for the rounding of what is written: 12 digits, of shares 6.

**Windows** are aligned to multiples of their length since 1970 and end by the time of samples, \`--lateness\` later (2 s); where
nothing comes any more, by the clock. Recorded input gives the same rows as live input that came at these times. A rate is by
the seconds that the window covers: less than its length where samples begin or end inside. \`--window all\`, the default for
captures, is one window from the first sample to the last. \`--smooth 2s\` has no windows: rates are smoothed exponentially with this time
constant, as sFlow-RT's \`t\`, and given \`--every\` second.

**Scale.** A sample stands for as many packets as its data source really sampled one of in that window: the sample pool's
growth divided by the samples that came, so that losses on the way are put right (\`--scale effective\`). A pool that is only
rate × samples measures nothing (hsflowd, Open vSwitch): then it is the configured rate, with known losses put right.
\`--scale configured\` takes the rate that samples say; \`--sampling-rate\` one that you know better. Where the two differ by more than
20 %, and where a pool is no measurement, it is told, on stderr and as \`doubtful_sources\`.

**Errors** are of the sampling, at 95 %: [estimates.md](estimates.md) says how they are made and how often they hold. Tables show ±
percent, or where the two sides differ the wider one with its sign: \`+211 %\`. \`low\` and \`high\` are the bounds, \`error_pct\` half of
what lies between. Nothing is known of what was never sampled. Values that are averages or extremes are of the samples.

**One packet, several switches.** A packet sampled on its way into a switch does not count again on its way out. Of several switches:
\`--agg edge\` counts it where it enters the fabric (needs \`--topology\`, and is the default with it); \`max\`, of each flow the
agent that saw most of it (the default without: "busiest switch"); \`sum\`, all of them (the default with one agent);
\`core\`, once each link of the topology that it goes over. \`--by agent\` and
\`--by interface\` give each its own rows.

**Many flows.** Exact up to \`--max-flows\` (1 M, pairs of flow and data source). Beyond, the smallest are given up: \`error_bound\`
says how much of the first value a flow may have at most that is not listed.
`

const recipeTable = `## Recipes

\`--recipe NAME\`; \`--filter\` beside it is a condition more, \`--keys\` and \`--value\` take the place of the recipe's own.

| recipe | question | keys | values | filter |
|---|---|---|---|---|
${recipes
  .map(({ name, doc, keys, values = '', filter = '' }) => row(code(name), doc, code(keys), code(values), code(filter)))
  .join('\n')}
`

const columns = `## Keys of a row

NDJSON and JSON have an object a row and window; CSV a line, with the columns in this order. Here for
\`--value bytes,avg:iptotallength --by interface\`: other values have columns under their own names (\`frames\`, \`frames_per_s\`,
\`count_ipsource\`); \`share\`, \`error_pct\`, \`low\` and \`high\` without a name before them are those of the first value. Unknown is null,
in CSV an empty cell.

| key | what it is |
|---|---|
${flowColumns({ titles: ['src', 'dst'], values: parseQuery(query).values, by: 'interface' })
  .map(({ key, doc }) => row(code(key), doc))
  .join('\n')}

Behind the rows of a window NDJSON and JSON have an object of kind \`window\`:

| key | what it is |
|---|---|
| \`start\` \`end\` \`seconds\` | the window, and how much of it is covered: what rates are by |
| \`agg\` \`agg_label\` | how a packet that several switches saw was counted |
| \`partial\` | samples began or ended inside the window; \`-f prometheus\` gives the last one that is whole, if any |
| \`flows\` | distinct keys |
| \`received\` \`matched\` \`samples\` | samples that came, that the filter let through, that rows rest on before \`agg\` chooses: a row, the total too, has fewer where several switches saw its packets |
| \`samples_lost\` \`samples_dropped\` | missing by their sequence numbers; dropped by agents themselves, as they say |
| \`samples_too_late\` \`samples_unplaced\` | came when their window was over; came from more data sources than can be told apart: in no row |
| \`topology_fits\` \`agents_not_in_topology\` \`samples_not_in_topology\` | whether edge and core can be told apart (else it is counted as without a topology, unless \`--agg edge\` says otherwise), and what is of no node; null without a topology |
| \`max_flows\` \`max_flows_hit\` \`error_bound\` \`texts_hit\` | the bound, whether it was reached, what may be missing, whether texts in keys were too many |
| \`doubtful_sources\` | \`kind\` (\`rate_off\`, \`pool_not_measured\`, \`no_rate\`, \`rate_changed\`), \`agent\`, \`data_source\`, \`samples\`, \`configured_rate\`, \`effective_rate\` |
`

const analysis = new TopFlows(query, settings, '')
const facts = `## Names for --fail-if

Every key above that is a number, as \`rows[0].KEY\` (rows[0] is the largest flow) and \`total.KEY\`: \`rows[0].share > 50 %\`,
\`total.bits_per_s > 1G\`. Of a row that is not there nothing is known: \`rows[3].share = null\`. Conditions are joined by \`&\` (binds
first) and \`|\`, with brackets; shares go from 0 to 1, or take \`%\`. \`other\` and \`no_key\` have \`samples\`,
\`bits_per_s\` and \`share\`. Of the window:

| name | what it is |
|---|---|
${analysis.factNames
  .filter(({ name }) => !name.includes('.'))
  .map(({ name, doc }) => row(code(name), doc))
  .join('\n')}

Of the run up to then, as of every analysis:

| name | what it is |
|---|---|
${runFactNames.map(({ name, doc }) => row(code(name), doc)).join('\n')}
`

const metrics = `## Metrics

\`--format prometheus\` gives the last window as text: \`sonde_flow_VALUE_per_second\` (averages, extremes and counts without
\`_per_second\`) and \`sonde_flow_VALUE_error_percent\`, with the labels \`kind\` (\`flow\`, \`other\`, \`no_key\`, \`total\`) and one for each key, under its
title with \`_\` for what is neither letter nor digit; \`sonde_flow_samples\` and \`sonde_flow_window_seconds\`.
`

writeGenerated('docs/top-flows.md', [head, recipeTable, columns, facts, metrics].join('\n'))
