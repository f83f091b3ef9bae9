// Writes docs/drops.md: keys of the rows of sonde drops, names for --fail-if, metrics, and all reasons with what to check, from where
// they are declared; the part about this host from docs/src. With --check it writes nothing and fails where the file would change.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dropColumns } from '../src/lib/drops/columns.ts'
import { dropFactNames } from '../src/lib/drops/facts.ts'
import { exportedLabels } from '../src/lib/drops/keys.ts'
import { dropMetrics, droppedPackets } from '../src/lib/drops/metrics.ts'
import { adviceOf } from '../src/lib/drops/reasons-advice.ts'
import { dropReasons } from '../src/lib/names/drop-reasons.ts'
import { repositoryRoot, writeGenerated } from './generated-file.ts'

const cell = (text: string) => text.replaceAll('|', '\\|')
const row = (name: string, doc: string) => `| \`${cell(name)}\` | ${cell(doc)} |`

const head = `<!-- Written by scripts/gen-docs-drops.ts: do not edit. -->
# Drops

\`sonde drops\` ranks discarded packets by **reason**, **place** and **victim**. What is told comes from three sources, and they are never
mixed into one number without saying so:

1. **Notifications** (discarded packet samples, 0:5): each is one packet, with its header, the reason, the ports, and what the agent adds:
   Linux reason (0:1042), devlink trap (0:1041), function (0:1038), egress queue (0:1036), access list (0:1037), time (0:1043).
   They are counted, not sampled: \`by\` is \`told\`, and there is no error.
2. **Flow samples whose output is a discard** (interface format 1, its value is the reason): \`by\` is \`sampled\`, packets are estimated by
   the sampling rate, with bounds at 95 % (± and ~ in the table). An agent that does both tells the same packets twice; a note says so.
3. **Interface counters**: discards and errors of each port, beside the rows. They have no reason and no victim.

What the kernel of this host itself drops needs no agent: [What this host drops](#what-this-host-drops).

**Totals** are what happened, not rows counted: agents limit how many drops they tell a second, count the rest in the field
\`drops\`, and datagrams are lost. Total = told + limited (growth of \`drops\`) + lost (gaps of sequence numbers) + sampled. What was not
told has no reason, so it is one row, \`not_told\`; the other rows are what was told, **not scaled up**: a limit takes what comes in bursts
rather than a fair share of each reason, so scaling would be a guess. With --filter it can't be known which of them would
pass: they are then in no row and not in the total, and a note says how many they are. What was dropped before an agent's first
notification is not known, nor what it did not tell since its last one: the next one will say. Most agents send it with the next drop that
they tell, which may never come; \`sonde sample --drops\` sends it within about a third of a second after the last drop.

**Reasons** 0 to 255 are ICMP's unreachable codes: 0 is net_unreachable, a reason as any other. 33 and 36 count as 332 and 366, and
328 as 2 ([records.md](records.md)). Below a row the table says what the reason means and what to check; of no_buffer_space it depends on
whose packets they are: RoCE should be in a lossless class, and a lossless class must not drop. Of ip_1_parsing it depends on the function:
Linux tells IP_INHDR in ip_forward and ip6_forward where the TTL ran out.

**Place** is the egress port where the agent tells it (\`→\`), else the port that the packet came in by. hsflowd on Linux never tells the
egress port, and tells drops of all network namespaces: ports that the agent does not tell of otherwise, by counters, names or samples of
them, have a \`?\` (\`port_known\` false).

**Victim** is source and destination address (MAC addresses without IP), protocol, port and DSCP. Of both ports the well-known one
is shown; of two others the destination's. UDP port 4791 is RoCE.

**--by** chooses what makes a row: \`--by reason\`, \`--by place,reason\`, ...; \`--keys\` takes any keys of the [flow language](flows.md), alone or
beside \`--by\`. What packets of one row differ in is null.

**Explained** (\`explained_pct\`) is what part of the discards that counters show is told, between the same two counter samples:
by port where both sides have some; where the agent does not tell egress ports, of all its ports together (\`explained_by\` \`agent\`);
else null, and \`explained_why\` says why. Software drops (no socket, firewall) are in no interface counter, so told may be more than counted: that is 100.
Discards that nobody explains: the agent does not notify, or limits.

**Culprits**: for an egress port, the flow samples that leave by it in the same window, ranked by bits, with their share and its
bounds; that is who filled the queue which dropped the victims. Samples taken at the port itself count; where it has none, those that
other ports took of what goes to it: these name the port though the packet is dropped in front of it, so that it is what was offered to the
port. In NDJSON and JSON they are there without being asked for, in the table with \`--culprits\`.
They are of the port: sFlow's flow samples tell a queue only from agents that send 0:1036 with them (\`sonde top-flows -k queueindex\`).

**On a terminal** \`sonde drops\` without a capture is a screen: a window that moves on (\`w\` changes its length), rows sorted by \`s\`; \`↵\` shows all
of a row: the reason, details, the port's utilisation and its culprits, a chart over time. \`b\` changes what makes a row, \`k\` and \`f\` keys and filter;
these and \`w\` count anew, and the screen says since when until the window is whole.

\`--format pcap\` writes the headers of dropped packets as pcapng: an interface a place, the reason as comment of each packet
(\`frame.comment\` in Wireshark), at the time the packet was dropped where the agent tells it.
`

const columns = `## Keys

In this order in CSV, where lists (\`details\`, \`timeline\`, \`culprits\`) and \`slice_s\` are left out and null is an empty cell. Behind the rows of each window NDJSON and
JSON have an object of kind \`window\`: \`start\` \`end\` \`seconds\`, the names below without \`rows\` and \`reasons\`, \`notifications_received\`
\`other_samples\`, \`ports\` (each with discards or errors by counters: \`node\` \`agent\` \`if_index\` \`port\` \`seconds\` \`in_discards\` \`out_discards\` \`in_errors\`
\`out_errors\` \`told_in\` \`told_out\` \`explained_pct\` \`explained_by\` \`explained_why\`) and \`notes\`. An element of \`culprits\` has \`src\` \`dst\` \`protocol\` \`service_port\`
\`dscp\` \`bits_per_s\` \`packets_per_s\` \`share\` \`share_low\` \`share_high\` \`samples\`.

| key | what it is |
|---|---|
${dropColumns([])
  .map(({ key, doc }) => row(key, doc))
  .join('\n')}
`

const facts = `## Names for --fail-if

Every key above that is a number, as \`rows[0].KEY\`, where rows[0] has most packets; \`reasons.NAME\`, packets of each reason in
the rows that are listed; and:

| name | what it is |
|---|---|
${dropFactNames
  .filter(({ name }) => !name.startsWith('rows[]') && !name.startsWith('reasons.'))
  .map(({ name, doc }) => row(name, doc))
  .join('\n')}
`

const metrics = `## Metrics

\`--format prometheus\` has \`${droppedPackets.name}\` as sFlow-RT's flow exporter publishes it, packets a second of the largest 20 flows, with the labels
${exportedLabels.map((label) => `\`${label}\``).join(' ')}; and gauges of ours, with \`reason\` \`group\` \`node\` \`port\` \`direction\` where they are known. \`sonde_drops_total\` and
\`sonde_drops_not_told_total\` are counters since the start of sonde: of those that come between two scrapes none is missing, as in the gauges, which
are of the last window. Their \`by\` is \`told\` or \`sampled\` (estimates); reason \`(other)\` is what is beyond a bound or lacks a key:

| metric | what it is |
|---|---|
${[droppedPackets, ...Object.values(dropMetrics)].map(({ name, help }) => row(name, help)).join('\n')}
`

const noVictim = { src: null, dst: null, protocol: null, port: null, dscp: null }
const reasons = `## Reasons

| code | name | group | what it means, and what to check |
|--:|---|---|---|
${dropReasons
  .map(({ code, name, group }) => {
    const { meaning, check } = adviceOf({ code, name, group }, noVictim, [])
    return `| ${code} | \`${name}\` | ${group} | ${cell(`${meaning} ${check}`)} |`
  })
  .join('\n')}
`

const host = readFileSync(join(repositoryRoot, 'docs/src/host-drops.md'), 'utf8')

writeGenerated('docs/drops.md', [head, host, columns, facts, metrics, reasons].join('\n'))
