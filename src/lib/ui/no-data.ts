// Owns what a screen says where nothing came: what to check, which command would show more. See ui.ts for the folder.

import { type Area, wrapText } from './screen/screen.ts'

/** @param source what is listened to, `udp://[::]:6343`: the commands that are shown have its port */
export function adviceLines(source: string, { columns, colours }: Area): string[] {
  const port = /:(\d+)$/.exec(source)?.[1] ?? '6343'
  const text = (line: string) => wrapText(line, columns - 2, 2).map((part) => ` ${part}`)
  const command = (line: string, what: string) => [
    `   ${colours.accent(line)}`,
    ...wrapText(what, columns - 6).map((part) => colours.dim(`     ${part}`)),
  ]
  return [
    ...text('- Is this machine the collector that the agent sends to, and is its port the same?'),
    ...text('- Is a firewall between, on this machine too? It must let UDP in.'),
    ...text('- Has the agent something to send? Counters come every 20 to 30 s, flow samples with traffic.'),
    ...text('docs/agents.md: how to set agents up, and what else to check.'),
    '',
    ...command(`tcpdump -ni any udp port ${port}`, 'shows whether anything reaches this machine'),
    ...command(`sonde replay FILE --to 127.0.0.1:${port}`, 'sends a recorded capture to this listener'),
  ]
}
