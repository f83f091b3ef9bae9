// Writes docs/attributes.md: every attribute by area, from the one table. With --check it writes nothing and fails where
// the file would change.

import { areas } from '../src/lib/attributes/attribute.ts'
import { type Description, listAttributes } from '../src/lib/attributes/find.ts'
import { layerTypes } from '../src/lib/packet/layers.ts'
import { writeGenerated } from './generated-file.ts'

const code = (text: string) => `\`${text}\``
const cell = (text: string) => text.replaceAll('|', '\\|')

function row({ attribute, type, needs }: Description): string {
  const { name, aliases, unit, doc, layered } = attribute
  const cells = [
    code(name) + (layered ? ' ·n' : ''),
    aliases.map(code).join(' '),
    type,
    unit ?? '',
    doc,
    needs.map((x) => x.replace(' record', '')).join(', '),
  ]
  return `| ${cells.map(cell).join(' | ')} |`
}

const titles: Readonly<Record<string, string>> = {
  arp: 'ARP',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  icmp: 'ICMP',
  dns: 'DNS',
  infiniband: 'InfiniBand and Ultra Ethernet',
}
const title = (area: string) => titles[area] ?? area.charAt(0).toUpperCase() + area.slice(1)

const head = `<!-- Written by scripts/gen-docs-attributes.ts: do not edit. -->
# Attributes

What \`--fields\` can name, and what flow keys, values and filters will be made of. Names are sFlow-RT's where it has one
for the thing, ours where it has none; an alias is the same value in the same form. Besides, the Wireshark name of every
field of every dissected layer can be used (last section), in the form that NDJSON has it.

- \`·n\`: the attribute belongs to a layer. \`ipsource.1\` is that of the second IPv4 header from the outside, \`ipsource.2\`
  of the third; without a suffix it is the outermost. For \`src\`, \`dst\`, \`proto\` and \`iptotallength\` IPv4 and IPv6
  count as one kind of layer, for \`sport\` and \`dport\` TCP, UDP, SCTP, DCCP and UDP-Lite. What an ICMP error quotes is
  not counted.
- Missing is an empty cell in CSV and null in JSON, never 0. A header that is cut has the fields that are wholly there.
  Where an agent sends sampled_ethernet, sampled_ipv4 or sampled_ipv6 (0:2, 0:3, 0:4) in the header's place, the outermost
  addresses, ports and lengths come from it. Of records that come twice in a sample the first counts. Counters that are
  all ones are not known, so missing.
- A sample gives a row when at least one asked-for attribute is there, those that every sample has not counted (\`time\`
  \`sender\` \`agent\` \`subagent\` \`sampletype\` \`datasource\`), unless nothing else was asked for.
- Counters are the values on the wire, running totals as a rule. Nothing is scaled by the sampling rate.
- Types: numbers are JSON numbers with all their digits; bits are text of 0 and 1; a name is text, and the number as text
  where the table has no name for it; an interface is text, because of its special values; a MAC address is 12 upper-case
  hex digits, addresses are as in RFC 5952.
- In CSV a cell is quoted where it has a comma or a quote (RFC 4180). Control characters are written as \`\\u001b\`, so a row
  is always one line.
- Read from: the datagram, the sample's own head, the packet's header, or records by tag.
`

const list = listAttributes()
const sections = areas.map((area) => {
  const rows = list.filter((x) => x.attribute.area === area).map(row)
  return `## ${title(area)}

| name | aliases | type | unit | what it is | read from |
|---|---|---|---|---|---|
${rows.join('\n')}
`
})

const aliases = new Set(list.flatMap((x) => x.attribute.aliases))
const layerRows = layerTypes.map(({ name, title, fields, variable }) => {
  const names = [...new Set([...fields, ...variable].map((x) => x.name))].filter((x) => !aliases.has(x))
  return `| ${cell(name)} | ${cell(title)} | ${names.map(code).join(' ')} |`
})
const layers = `## Wireshark names

Fields of each layer that are no alias above; all take a suffix. Lists have spaces between their items.

| layer | title | fields |
|---|---|---|
${layerRows.join('\n')}
`

writeGenerated('docs/attributes.md', [head, ...sections, layers].join('\n'))
