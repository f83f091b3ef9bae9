// Owns the flags of `sonde drops`. Knows no engine. What it does starts in ../lib/drops/analysis.ts.

import { AnalysisCommand } from '../analysis-command.ts'
import { analysisFlags, captureArgs } from '../analysis-flags.ts'
import { dropFlags, dropFormatFlag, dropInputFlags } from '../drops-flags.ts'
import { languageFiles, lookupFlags } from '../flags.ts'
import { type DropGrouping, dropGroupings } from '../lib/drops/groupings.ts'
import { InputError } from '../lib/errors.ts'
import { isPublished, serveFlags } from '../serve-flags.ts'

/** Two intervals of agents that poll their counters every 20 or 30 seconds. */
const WINDOW_MS = 60_000
/** As often as Prometheus asks. */
const PUBLISHED_MS = 15_000
const EVERY_MS = 1000
const LATENESS_MS = 2000
const TOP = 20
/** More than anybody scrolls through. */
const SCREEN_TOP = 500
/** Culprits of a port: in a line, and for programs. */
const FEW_CULPRITS = 3
const CULPRITS = 10

export default class Drops extends AnalysisCommand {
  static override summary = 'What is dropped: why, where, whose packets, and who filled the queue?'
  static override description = [
    'Ranks the packets that agents say they discarded (0:5) by reason, place and victim, with what each reason means and what to check. Drops that agents could not tell of are counted too, by sequence numbers and by what they say themselves.',
    'Beside them: discards in flow samples and interface counters, and how much of these is explained; and the flows that fill the port which dropped.',
  ].join('\n')
  static override examples = [
    { description: 'What is dropped, now?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'And in this capture, and who filled the queues?',
      command: '<%= config.bin %> <%= command.id %> capture.pcap --culprits --topology fabric.json',
    },
    {
      description: 'What does this host itself drop, without any agent: why, in which function, whose packets?',
      command: 'sudo <%= config.bin %> <%= command.id %> --input kernel:',
    },
    {
      description: 'Only in one network namespace, by process',
      command: 'sudo <%= config.bin %> <%= command.id %> --input kernel: --netns blue --by reason -k process',
    },
    { description: 'Which reasons?', command: '<%= config.bin %> <%= command.id %> capture.pcap --by reason' },
    {
      description: 'Which function of a Linux kernel dropped it?',
      command: '<%= config.bin %> <%= command.id %> capture.pcap --by reason -k function,linuxreason',
    },
    {
      description: 'RoCE that a full queue dropped, for a program',
      command:
        "<%= config.bin %> <%= command.id %> capture.pcap --filter 'reason=no_buffer_space&ibbt_offset!=null' -f ndjson | jq -c 'select(.kind==\"drop\") | [.node, .port, .dscp, .packets, .culprits[0].src]'",
    },
    {
      description: 'The dropped packets themselves, with the reason as comment, for Wireshark',
      command: '<%= config.bin %> <%= command.id %> capture.pcap -f pcap -o dropped.pcapng',
    },
    {
      description: 'A check in a test: nothing is dropped for want of buffers, and agents told of all drops',
      command:
        "<%= config.bin %> <%= command.id %> capture.pcap --fail-if 'reasons.no_buffer_space>0' --fail-if 'not_told>0'",
    },
  ]
  static override args = captureArgs
  static override flags = {
    ...dropFlags,
    ...lookupFlags,
    ...analysisFlags,
    ...dropInputFlags,
    ...dropFormatFlag,
    ...serveFlags,
  }

  protected override readonly takesKernel = true

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Drops)
    const load = await import('../lib/ui/drops-run.ts')
    const files = {
      names: !flags['no-names'],
      ignoreCase: flags['ignore-case'],
      latenessMs: flags.lateness ?? LATENESS_MS,
      rates: flags['sampling-rate'] ?? [],
      topology: flags.topology,
      files: languageFiles(flags),
    }
    const keys = flags.keys?.trim() ?? ''
    const by: readonly DropGrouping[] = flags.by ?? (keys === '' ? dropGroupings : [])
    if (flags.format === 'pcap') {
      const filter = flags.filter?.trim() ?? ''
      await this.analyse(load, args.file, { ...flags, format: 'ndjson' }, async ({ terminal }) => {
        if (terminal.isTTY && (flags.output === undefined || flags.output === '-')) {
          throw new InputError("--format pcap writes bytes, which a terminal can't show.", [
            'Give --output FILE.pcapng, or pipe it: sonde drops ... -f pcap | wireshark -k -i -',
          ])
        }
        if (flags['fail-if'] !== undefined) {
          throw new InputError("--fail-if can't go with --format pcap: there are no windows to ask.")
        }
        const settings = await load.loadSettings(files)
        return {
          analysis: load.packetsAnalysis(filter, settings, (line) => terminal.tell(line)),
          topology: settings.topology,
        }
      })
      return
    }
    const format = flags.format
    await this.analyse(load, args.file, { ...flags, format }, async ({ source, isRecorded, format: printed }) => {
      const published = isPublished(flags)
      const windowMs = flags.window ?? (isRecorded ? 'all' : published ? PUBLISHED_MS : WINDOW_MS)
      const forProgram = printed === 'ndjson' || printed === 'json'
      const query = {
        by,
        keys,
        filter: flags.filter?.trim() ?? '',
        top: flags.top ?? TOP,
        windowMs,
        culprits: forProgram ? CULPRITS : flags.culprits ? FEW_CULPRITS : 0,
        exported: printed === 'prometheus' || published,
      }
      const settings = await load.loadSettings(files)
      return {
        analysis: load.dropsAnalysis(query, settings, source),
        topology: settings.topology,
        screen: {
          windowMs,
          everyMs: flags.every ?? EVERY_MS,
          show: async (task, terminal, stop) => {
            const { dropsOnScreen } = await import('../lib/ui/drops-live.ts')
            const asked = { ...query, top: flags.top ?? SCREEN_TOP, culprits: CULPRITS }
            await dropsOnScreen({ ...task, query: asked, settings: files }, terminal, stop)
          },
        },
      }
    })
  }
}
