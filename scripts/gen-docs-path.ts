// Writes docs/path.md: how sonde path finds a way, keys of its rows, names for --fail-if and metrics, from where they are
// declared. With --check it writes nothing and fails where the file would change.

import { pathColumns } from '../src/lib/path/columns.ts'
import { pathFactNames } from '../src/lib/path/facts.ts'
import { pathDropMetric, pathMetrics } from '../src/lib/path/metrics.ts'
import { writeGenerated } from './generated-file.ts'

const cell = (text: string) => text.replaceAll('|', '\\|')
const row = (name: string, doc: string) => `| \`${cell(name)}\` | ${cell(doc)} |`

const head = `<!-- Written by scripts/gen-docs-path.ts: do not edit. -->
# Path

\`sonde path\` puts together what each switch samples of the packets that match \`--filter\`. A hop is what leaves one node by
one port.

**Ports.** What passed a port in one direction is told by its own samples; where it is not sampled in that direction, by those
that other ports took of what came from it or went to it (also where these saw more for sure). Never by both, which would count packets twice: agents that sample
one direction or both, and those that know only one of the two ports (hsflowd's mod_pcap), are all right. Packets are estimated as
by \`sonde top-flows\`: by the sample pool where it measures, else by the sampling rate with lost samples put right. Bounds
are at 95 %.

**Links.** The topology (\`--topology\`; sonde topo import makes one) says which port is at the other end. What goes over a link is
what its sending end sampled; where that end has no samples, what the receiving end sampled (\`neighbour\`). A node that
sampled nothing of it is marked \`?\`, \`node_silent\`. Where neither end has samples, or a switch does not say by which port packets
left, what came in goes the shortest ways to nodes that send on something that came from nowhere, else to where packets
leave the fabric; equal ways get equal parts. That is \`inferred\`, and has no bounds of its share.

**What is believed.** A topology may be wrong, or lack something; nothing of that is taken silently. Every case below is a note: on
stderr, in the screen (\`n\`) and in \`notes\`.

- A switch that samples these packets knows by which port they left. Where the other end of that link says otherwise, the sender is
  believed: "leaf1 sent nothing by eth2, but spine1 received 640,000 packets by the link's other end eth1: is the cable where the
  topology says?" Ten samples are needed, and a window of 5 s, as agents send samples up to a second late. Of two ends that both saw some,
  one has to have 1.3 times as many packets, by 1.5 times what chance explains at 95 %, and another link of the switch the reverse;
  where the sender has less than ten samples, 20 times as many, and what it sent by other ports makes up half of it.
- Agents tell their host names (0:2000) and port names (0:1005). Where the topology gives an agent or an ifIndex to another node or port, or
  a port an ifIndex that is not its own, the agent is believed: ifindexes change when a switch starts. A name that the topology has nowhere contradicts nothing, as ports have several.
- Names that differ in case only are told, with \`--ignore-case\` as the remedy.
- A link that the topology lacks shows itself where packets of a pair of hosts leave one switch and enter another with the same TTL, as many,
  after they entered the fabric with a higher one: they count once, and the way is drawn (\`┄▷\`, with \`to\` and without \`link\`). That
  needs IPv4 and switches that route. Where no switch tells output ports it is said with doubt, and not drawn.
- Agents that are not in the topology, as those of hosts, are named and left out. Where none is in it, the order is by TTL.
- Without a \`--filter\`, or with one that many flows pass, ways of several flows are joined. Where packets go both ways over a link that is
  said, and the picture leaves out ways that lead back.

**Shares.** \`share\` is of all that leaves the node. Ways of equal length towards where packets leave the fabric are
\`branches\`; \`branch_share\` is of these alone, with Wilson's interval: it holds for no samples too. One without samples is
\`unused\`, if samples would have told of it. Without a sample where 3,200 were expected if shared evenly, a way is not used; without
one where two were expected, nobody knows.

**Order.** Hop 1 is where packets come in by a port that is no end of a link; then along links. Nodes that no link leads to, all of
them without a topology, are in the order of their TTL, which falls by one each router: that needs flows that start with the
same TTL. Without a topology neither links nor unused ways are known. Where nodes that packets enter by sample nothing, what those behind
them received enters.

**Delay and queue** are means of the samples that have transit delay (0:1039), queue depth (0:1040) and egress queue (0:1036).
**Drops** are told one by one (0:5), or estimated by flow samples whose output is a discard.

**Limits.** Aggregates: a topology's links must name the ports that samples name (members or aggregate). At most 10,000 ways through
switches, the largest ones. IPv6 has no TTL here.

Exit code 1: no packet matched; stderr says how many samples were looked at. \`±\` is \`few\` in tables where the error is above 100 %: the
bounds are in \`packets_low\` and \`packets_high\`, and on the page that ↵ opens in the screen.

\`--format trace-flow\` writes what sFlow-RT's trace-flow gives (\`nodes\`, \`edges\`), an object a window; hosts are labelled with
their addresses.
`

const columns = `## Keys

In this order in CSV; null is an empty cell there. Behind the rows of each window NDJSON and JSON have an object of kind \`window\`: \`start\`
\`end\` \`seconds\` \`topology\` (whether there was one), the names for --fail-if below, \`error_pct\` of \`packets\`, \`samples_received\`,
\`samples_lost\`, \`notes\`.

| key | what it is |
|---|---|
${pathColumns.map(({ key, doc }) => row(key, doc)).join('\n')}
`

const facts = `## Names for --fail-if

Every key above that is a number, as \`rows[0].KEY\`, rows in their order. Besides:

| name | what it is |
|---|---|
${pathFactNames
  .filter(({ name }) => !name.startsWith('rows[]'))
  .map(({ name, doc }) => row(name, doc))
  .join('\n')}
`

const metrics = `## Metrics

\`--format prometheus\` has these gauges, of hops with the labels \`node\`, \`port\` (out), \`link\`, \`to\` and \`state\`, of drops with \`node\`, \`port\`
(in) and \`reason\`, as far as they are known.

| metric | what it is |
|---|---|
${[...pathMetrics, pathDropMetric].map(({ name, help }) => row(name, help)).join('\n')}
`

writeGenerated('docs/path.md', [head, columns, facts, metrics].join('\n'))
