// Writes docs/ports.md: keys of the rows of sonde ports, names for --fail-if and metrics, from where they are declared. With
// --check it writes nothing and fails where the file would change.

import { portMetrics } from '../src/lib/port-rates/port-metrics.ts'
import { portColumns } from '../src/lib/ports/columns.ts'
import { portFactNames } from '../src/lib/ports/facts.ts'
import { writeGenerated } from './generated-file.ts'

const cell = (text: string) => text.replaceAll('|', '\\|')
const row = (name: string, doc: string) => `| \`${cell(name)}\` | ${cell(doc)} |`

const head = `<!-- Written by scripts/gen-docs-ports.ts: do not edit. -->
# Ports

\`sonde ports\` has a row for each port of which counters (0:1) or flow samples tell: physical ports, members of aggregates and
aggregates alike. A port is an agent's address and an ifIndex.

**Rates** are between counter samples, so a port needs two. A window (\`--window\`; all of a capture where it is not given)
takes the intervals that end in it; \`seconds\` is their sum. A lost counter sample makes an interval longer, a 32-bit counter
that wraps is put right, and where an agent restarts, or its counters go back, that stretch is left out. Counters that the
agent does not have (all ones) are null. Packet counters have 32 bits: where more of the smallest frames than that fit into the
octets of an interval, the number is null.

**Sampled** traffic is what flow samples of the same intervals stand for: each for 1 + the samples lost before it, times the
sampling rate, by the sample pool where it measures. A sample counts as received at its data source where that is its input,
as sent where that is its output; where the data source is the whole device (2:n), as received at its input. For ports whose
sending is not sampled, what others received on the way to it is shown (\`others\`), and not compared.

**sampled_ratio** divides the two, by packets. It is 1 where the sampling rate is what the agent says. \`sampling_off\` (✗) needs
more than chance: bounds at 95 % that lie below 0.8 or above 1.25, 30 samples had or expected, and more than two seconds of the
port's busiest interval, since counters are read a little before or after samples are sent.

**Names** are those of the topology (\`--topology\`), by agent address and ifindex; else what agents tell of themselves: host
name (0:2000) and port name (0:1005), by which a topology that has no addresses is found too; a host name matches a
node with its domain or without.
`

const columns = `## Keys

In this order in CSV; null is an empty cell there. Behind the rows of each window NDJSON and JSON have an object of kind \`window\`:
\`start\` \`end\` \`ports\` \`ports_down\` \`ports_with_errors\` \`ports_with_discards\` \`ports_sampling_off\` \`ports_forgotten\`
\`samples\` \`samples_lost\` (flow and counter samples of all agents, missing by their sequence numbers).

| key | what it is |
|---|---|
${portColumns(0)
  .map(({ key, doc }) => row(key, doc))
  .join('\n')}
`

const facts = `## Names for --fail-if

Every key above that is a number or yes (1) or no (0), as \`rows[0].KEY\`, where rows[0] is the first by \`--sort\`. Besides:

| name | what it is |
|---|---|
${portFactNames
  .filter(({ name }) => !name.startsWith('rows[]'))
  .map(({ name, doc }) => row(name, doc))
  .join('\n')}
`

const metrics = `## Metrics

\`--format prometheus\` has these gauges, with the labels \`agent\`, \`datasource\` (ifIndex), \`host\` (node), \`ifname\` and \`link\`, as far
as they are known. What is not known is no series.

| metric | what it is |
|---|---|
${portMetrics.map(({ name, help }) => row(name, help)).join('\n')}
`

writeGenerated('docs/ports.md', [head, columns, facts, metrics].join('\n'))
