// Owns the flags of `sonde topo import`. Knows no format. What it does starts in ../../lib/topo-import/topo-import.ts.

import { string as stringArgument } from '@oclif/core/args'
import { BaseCommand } from '../../base-command.ts'
import { inputFlags, outputFlags } from '../../flags.ts'
import { ruleFlags, serverFlags, useFlags } from '../../import-flags.ts'
import { InputError } from '../../lib/errors.ts'
import { SFLOW_PORT } from '../../lib/parse/udp-address.ts'
import { type ImportKind, importKinds } from '../../lib/topo-import/options.ts'

/** NetBox's, also of saved pages. */
const isFilter = (name: string): boolean => ['site', 'role', 'tag'].includes(name)
const isKind = (word: string | undefined): word is ImportKind => importKinds.some((kind) => kind === word)

export default class TopoImport extends BaseCommand {
  static override summary = 'Turn cabling from DOT, NetQ, eAPI, NetBox, containerlab and others into a topology.'
  static override description = [
    'Writes the topology as sFlow-RT reads it: the links between switches. A link to a host would make its port count as the fabric’s inside, so hosts are left out.',
    `KIND is ${importKinds.join(', ')}; without it each source says by its content what it is. A source is a file, - for stdin, NAME=FILE for what the switch NAME said, or a URL; for eapi also a host. Several are merged.`,
    'docs/topology.md says how to get the data from each.',
  ].join('\n')
  static override examples = [
    { description: 'A cabling plan', command: '<%= config.bin %> <%= command.id %> topology.dot -o topology.json' },
    {
      description: 'What switches hear, a file from each',
      command: '<%= config.bin %> <%= command.id %> eapi leaf1.json leaf2.json spine1.json --strip-domain',
    },
    {
      description: 'Switches that are asked now; SONDE_EAPI_USER and SONDE_EAPI_PASSWORD are set',
      command: '<%= config.bin %> <%= command.id %> eapi leaf1 leaf2 spine1 spine2 --ca lab-ca.pem',
    },
    {
      description: 'One site of NetBox, with agents and ifindexes out of a capture',
      command: '<%= config.bin %> <%= command.id %> netbox https://netbox.example.net --site dc1 --learn capture.pcap',
    },
    {
      description: 'A lab whose agents send sFlow to this machine: their addresses and ifindexes, too',
      command: '<%= config.bin %> <%= command.id %> rocev2.clab.yml --learn udp://:6343 -o topology.json',
    },
    {
      description: 'In CI: is the fabric cabled as planned?',
      command: '<%= config.bin %> <%= command.id %> netq lldp.json --diff planned.json',
    },
    {
      description: 'To the sFlow-RT of a lab',
      command: '<%= config.bin %> <%= command.id %> clab-rocev2/topology-data.json --push http://127.0.0.1:8008',
    },
  ]
  static override args = {
    source: stringArgument({
      multiple: true,
      ignoreStdin: true,
      description: 'A KIND, where it should not be guessed, then files, hosts, URLs; - is stdin.',
    }),
  }
  static override flags = {
    ...ruleFlags,
    ...useFlags,
    ...serverFlags,
    port: inputFlags.port,
    output: outputFlags.output,
  }

  async run(): Promise<void> {
    const { args, flags, raw } = await this.parse(TopoImport)
    const typed = raw.flatMap((token) => (token.type === 'flag' ? [token.flag] : []))
    const learn = [flags.learn ?? []].flat()
    if (typed.includes('port') && learn.length === 0) {
      throw new InputError('--port is the UDP port of sFlow, which --learn reads, and there is no --learn.', [
        'A server has its port in its URL, or behind its name: https://netbox.example.net:8443, leaf1:8443.',
      ])
    }
    const words = args.source ?? []
    const kind = isKind(words[0]) ? words[0] : undefined
    const sources = kind === undefined ? [...words] : words.slice(1)
    if (sources.length === 0 && process.stdin.isTTY !== true) sources.push('-')
    if (sources.length === 0) {
      throw new InputError('A source is missing.', [
        'sonde topo import FILE reads a file, sonde topo import --help shows what else there is.',
      ])
    }
    const { openOutput, runImport, Terminal } = await import('../../lib/ui/import-run.ts')
    const terminal = new Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const { diff, merge, push, output } = flags
    const options = {
      kind,
      sources,
      switches: flags.switches,
      keepHosts: flags['keep-hosts'],
      stripDomain: flags['strip-domain'],
      lower: flags.lower,
      nameLinks: flags['name-links'],
      agents: !flags['no-agents'],
      learn,
      ports: flags.port ?? [SFLOW_PORT],
      learnMs: flags.duration,
      netbox: { site: flags.site ?? [], role: flags.role ?? [], tag: flags.tag ?? [] },
      serverFlags: typed.filter((name) => name in serverFlags && !isFilter(name)).map((name) => `--${name}`),
      diff,
      merge,
      push,
      allowIncomplete: flags['allow-incomplete'],
      write: output !== undefined || (diff === undefined && push === undefined),
      live: {
        ca: flags.ca,
        timeoutMs: flags.timeout ?? 30_000,
        retries: flags.retries ?? 3,
        credentials: flags.credentials,
        environment: process.env,
      },
      stop: this.stop,
    }
    try {
      // Read whole before it is written, so the file that is merged or compared with may be the output.
      process.exitCode = await runImport(options, terminal, () => openOutput(output, []))
    } finally {
      terminal.close()
    }
  }
}
