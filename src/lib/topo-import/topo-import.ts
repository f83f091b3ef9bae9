// Owns `sonde topo import` from options to exit code: foreign cabling → sFlow-RT's topology JSON. Knows no terminal.
// Each kind of source has a file that turns text into a Reading (reading.ts); build.ts has the rules that all share.
// Start at runImport; kinds.ts tells which file reads what, live-*.ts ask servers.

import { existsSync } from 'node:fs'
import { EnvironmentError, exitCode, formatCount, InputError } from '../errors.ts'
import { HttpClient } from '../http/client.ts'
import { Stopped } from '../http/failures.ts'
import { parseUrl, showUrl } from '../http/url.ts'
import { didYouMean } from '../parse/nearest.ts'
import type { Sink } from '../sink/sink.ts'
import { writeText } from '../sink/write-text.ts'
import { explained } from '../topo/load-topology.ts'
import { formatTopology, readTopology } from '../topo/read-topology.ts'
import type { Topology } from '../topo/topology.ts'
import { type Built, buildTopology } from './build.ts'
import { Credentials } from './credentials.ts'
import { diffTopologies } from './diff.ts'
import { refuseFlagsOfNetbox, refuseFlagsOfServers } from './foreign-flags.ts'
import { readJson } from './json-text.ts'
import { readSource } from './kinds.ts'
import { applyLearned } from './learn.ts'
import { type LearnedAgent, type LearnInput, learnAgents, parseLearn } from './learn-sflow.ts'
import { type LiveReport, unencrypted, whileTelling } from './live.ts'
import { fetchEapi } from './live-eapi.ts'
import { fetchNetbox } from './live-netbox.ts'
import { fetchNetq } from './live-netq.ts'
import { loadText, nameOf, parseSource, type SourceSpec, serverInstead, speakerOf } from './load.ts'
import { NetboxRecords } from './netbox.ts'
import { oneAgent } from './one-for-several.ts'
import { type ImportOptions, type ImportReport, importKinds } from './options.ts'
import { pushTopology, pushUrl } from './push.ts'
import { isLoss, Reading, type Warning } from './reading.ts'
import { readSflowRtJson, warnOfTwice } from './sflow-rt.ts'
import { formatSummary, formatWarnings } from './summary.ts'

export { type ImportKind, type ImportOptions, type ImportReport, importKinds } from './options.ts'

/**
 * Reads all sources, merges them, and writes, compares or pushes the topology.
 * @param openSink called once there is something to write
 * @returns the exit code: 0; 1 where --diff finds differences, or somebody stopped it; 2 and 5 where a source failed, the others being
 *   imported all the same
 * @throws InputError where what was read makes no topology, and for other files that can't be read; EnvironmentError where it can't be pushed
 */
export async function runImport(options: ImportOptions, report: ImportReport, openSink: () => Sink): Promise<number> {
  const sources = options.sources.map((source) => parseSource(source, options.kind))
  refuseFlagsOfServers(options, sources)
  const url = options.push === undefined ? undefined : pushUrl(options.push)
  const { live, stop } = options
  const client = new HttpClient({ ...live, signal: stop, onRetry: (line) => report.note(line) })
  try {
    return await new Import(options, sources, report, client).run(openSink, url)
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    report.tell('Stopped before all was read: nothing is written.')
    return exitCode.no
  } finally {
    client.close()
  }
}

class Import {
  readonly #options: ImportOptions
  readonly #sources: readonly SourceSpec[]
  readonly #report: ImportReport
  readonly #client: HttpClient
  readonly #readings: Reading[] = []
  #netbox: NetboxRecords | undefined
  #worst: number = exitCode.good
  #failures = 0

  constructor(options: ImportOptions, sources: readonly SourceSpec[], report: ImportReport, client: HttpClient) {
    this.#options = options
    this.#sources = sources
    this.#report = report
    this.#client = client
  }

  async run(openSink: () => Sink, push: URL | undefined): Promise<number> {
    const { options, merged, other, learn } = await this.#prepare()
    await this.#readAll(this.#sources)
    if (options.stop.aborted) throw new Stopped()
    refuseFlagsOfNetbox(options, this.#readings)
    if (this.#readings.length === 0) return this.#worst
    const built = buildTopology([...merged, ...this.#readings], options)
    const topology = learn === undefined ? built.topology : await this.#learn(built, learn)
    if (topology === undefined) return this.#worst
    if (options.stop.aborted) throw new Stopped()
    const doubts = oneAgent(topology, (name) => built.places.nodes.get(name)?.place)
    this.#tell(built, [...built.warnings, ...doubts], merged)
    const text = visible(formatTopology(topology))
    if (options.write) await writeText(text, openSink())
    if (push !== undefined) await this.#push(push, text, topology, built.warnings)
    if (other === undefined) return this.#worst
    this.#refuseIncomplete(`compared with ${nameOf(options.diff!)}`, built.warnings)
    return Math.max(this.#worst, await this.#diff(other, topology, options.write, openSink))
  }

  /** Other files are read first: what is wrong with them should not show after minutes. */
  async #prepare() {
    const options = this.#options
    const { diff, merge, kind, sources } = options
    const first = sources[0] ?? ''
    const meant = kind === undefined && !existsSync(first) ? didYouMean(first, importKinds) : undefined
    if (meant !== undefined) throw new InputError(`"${first}" is no kind of source and no file. ${meant}`)
    const learn = parseLearn(options.learn, options.ports, options.learnMs)
    if ([...options.sources, ...options.learn, diff, merge].filter((path) => path === '-').length > 1) {
      throw new InputError('stdin can be read once.', ['Save it to a file first.'])
    }
    const merged = merge === undefined ? [] : [await readOther(merge, '--merge', readSflowRtJson)]
    const other =
      diff === undefined ? undefined : await readOther(diff, '--diff', (text, source) => this.#other(text, source))
    return { options, merged, other, learn }
  }

  #other(text: string, source: string): Topology {
    const topology = readTopology(text, source)
    const reading = new Reading('sflow-rt', source, 'links')
    warnOfTwice(reading, readJson(text, source, false))
    this.#warn(reading.warnings)
    return topology
  }

  async #readAll(sources: readonly SourceSpec[]): Promise<void> {
    for (const source of sources) {
      if (source.type === 'file') {
        await this.#attempt(async () => {
          const text = await loadText(source.path, serverInstead(source.path, this.#options.kind))
          const what = { text, source: nameOf(source.path), speaker: speakerOf(source) }
          const reading = readSource(what, this.#options.kind, () => this.#records(what.source))
          if (reading !== undefined) this.#readings.push(reading)
        })
      }
    }
    const urls = sources.filter((source) => source.type === 'url').map(({ url }) => url)
    const label = urls.length === 1 ? urls[0]! : `${urls.length} servers`
    if (urls.length > 0) await whileTelling(this.#report, label, (live) => this.#readLive(urls, live))
    const netbox = this.#netbox
    // Where a page was refused that is told already.
    if (netbox !== undefined && !(netbox.isEmpty && this.#failures > 0))
      await this.#attempt(async () => void this.#readings.push(netbox.finish()))
  }

  #records(source: string): NetboxRecords {
    this.#netbox ??= new NetboxRecords(source, this.#options.netbox)
    return this.#netbox
  }

  async #readLive(urls: readonly string[], report: LiveReport): Promise<void> {
    const { kind, live } = this.#options
    for (const url of kind === 'netq' || kind === 'netbox' || kind === 'eapi' ? unencrypted(urls) : []) {
      const where = showUrl(parseUrl(url, 'SOURCE'))
      this.#report.note(
        `warning ${where} is not encrypted: others on the way can read the password or token; use https`,
      )
    }
    const credentials = new Credentials(live.environment, live.credentials, (line) => this.#report.tell(line))
    if (kind === 'eapi') {
      for (const result of await fetchEapi(urls, credentials, this.#client, report)) {
        await this.#attempt(async () => {
          if (result.status === 'rejected') throw result.reason
          this.#readings.push(result.value)
        })
      }
      return
    }
    for (const text of urls) {
      const url = parseUrl(text, 'SOURCE')
      await this.#attempt(async () => {
        if (kind === 'netq') this.#readings.push(await fetchNetq(url, credentials, this.#client, report))
        else if (kind === 'netbox') {
          const [token] = credentials.need(['SONDE_NETBOX_TOKEN'], showUrl(url))
          // Of its own, so that half of a server's pages make no topology.
          const records = new NetboxRecords(showUrl(url), this.#options.netbox)
          await fetchNetbox(url, token!, this.#options.netbox, records, this.#client, report)
          this.#readings.push(records.finish())
        } else this.#readings.push(await this.#fetchText(url))
      })
    }
  }

  /** Of other kinds a URL is a file that lies elsewhere. */
  async #fetchText(url: URL): Promise<Reading> {
    const { status, text } = await this.#client.send({ method: 'GET', url })
    const source = showUrl(url)
    if (status !== 200) throw new InputError(`${source}: it answered ${status}.`, kindHint(this.#options.kind))
    const name = url.hostname
    const reading = readSource({ text, source, speaker: { name, guessed: true } }, this.#options.kind, () => {
      throw new InputError(`${source} is a page of NetBox.`, kindHint(undefined))
    })
    return reading!
  }

  /** A failure costs one source, unless nothing is left: then it is the end. */
  async #attempt(read: () => Promise<void>): Promise<void> {
    try {
      await read()
    } catch (error) {
      if (!(error instanceof InputError || error instanceof EnvironmentError)) throw error
      this.#failures++
      this.#report.failure(error)
      this.#worst = Math.max(this.#worst, error instanceof InputError ? exitCode.input : exitCode.environment)
    }
  }

  /** @returns undefined where a source of names could not be read: a topology without agents would look whole */
  async #learn({ topology, places }: Built, input: LearnInput): Promise<Topology | undefined> {
    const report = this.#report
    const from = this.#options.learn.join(', ')
    const isEnough = (agents: readonly LearnedAgent[]): boolean => applyLearned(topology, agents, from, places).complete
    const { agents, code } = await learnAgents(input, isEnough, report, this.#options.stop)
    this.#worst = Math.max(this.#worst, code)
    if (code === exitCode.input || code === exitCode.environment) {
      report.tell('Nothing is written, since --learn could not be read.')
      return undefined
    }
    const learned = applyLearned(topology, agents, from, places)
    const { found, missing, problems } = learned
    this.#warn(problems)
    const shown = missing.length > 8 ? `${missing.slice(0, 8).join(', ')} ...` : missing.join(', ')
    const without = missing.length === 0 ? '' : `; none for ${shown}`
    const line = `Learned from ${from}: agents of ${formatCount(found)} of ${formatCount(found + missing.length)} nodes${without}.`
    if (found > 0) report.note(line)
    else report.tell(`${line} ${hostsHeard(agents)}`)
    return learned.topology
  }

  /** What is lost is told always; doubts are not with --quiet, as its help says. */
  #warn(warnings: readonly Warning[]): void {
    const { verbose } = this.#report
    for (const line of formatWarnings(warnings.filter(isLoss), verbose)) this.#report.tell(line)
    for (const line of formatWarnings(
      warnings.filter((warning) => !isLoss(warning)),
      verbose,
    ))
      this.#report.note(line)
  }

  #tell(built: Built, warnings: readonly Warning[], merged: readonly Reading[]): void {
    const report = this.#report
    this.#warn(warnings)
    report.note(formatSummary([...merged, ...this.#readings], built, this.#options.keepHosts))
    if (built.counts.links === 0 && this.#options.push === undefined) {
      report.tell(
        'No link: nothing that was read connects two switches. --switches PATTERN says which nodes are switches.',
      )
    }
  }

  /** An incomplete topology would make core ports into edge ports where others rely on it. */
  async #push(url: URL, text: string, topology: Topology, warnings: readonly Warning[]): Promise<void> {
    this.#refuseIncomplete(`pushed to ${showUrl(url)}`, warnings)
    if (topology.links.size === 0)
      throw new InputError(`The topology was not pushed to ${showUrl(url)}: it has no links.`)
    await pushTopology(url, text, this.#client)
    this.#report.note(`Put to ${showUrl(url)}.`)
  }

  /** Cables that were not read would look as if they were gone. */
  #refuseIncomplete(done: string, warnings: readonly Warning[]): void {
    if (this.#options.allowIncomplete) return
    const cut = warnings.filter(({ kind }) => kind === 'incomplete').map(({ place }) => place?.source ?? 'a source')
    if (this.#failures === 0 && cut.length === 0) return
    const why = this.#failures > 0 ? 'a source failed' : `${[...new Set(cut)].slice(0, 4).join(', ')} is cut short`
    throw new InputError(`The topology was not ${done}: ${why}, so it is not complete.`, [
      'Read what is missing, too; --allow-incomplete does it all the same.',
    ])
  }

  async #diff(other: Topology, topology: Topology, quiet: boolean, openSink: () => Sink): Promise<number> {
    const { lines, gone, added, changed } = diffTopologies(other, topology)
    const name = nameOf(this.#options.diff!)
    if (lines.length === 0) {
      this.#report.note(`No difference from ${name}.`)
      return exitCode.good
    }
    // The topology itself goes to stdout or a file already: then differences are told beside it.
    if (quiet) for (const line of lines) this.#report.tell(line)
    // A line break in a name would look like a difference of its own.
    else await writeText(`${lines.map((line) => visible(line).replaceAll('\n', '\\n')).join('\n')}\n`, openSink())
    this.#report.note(
      `Against ${name}: ${formatCount(gone)} gone, ${formatCount(added)} new, ${formatCount(changed)} changed.`,
    )
    return exitCode.no
  }
}

/** A topology that a flag names. */
async function readOther<T>(path: string, flag: string, read: (text: string, source: string) => T): Promise<T> {
  const text = await loadText(path)
  return explained(new TextEncoder().encode(text), nameOf(path), flag, () => read(text, nameOf(path)))
}

/** Why no node was found among the agents. */
function hostsHeard(agents: readonly LearnedAgent[]): string {
  if (agents.length === 0) return 'No agent there tells its host name (host_descr, which hsflowd sends).'
  const names = agents.slice(0, 8).map(({ host }) => host)
  return `Agents there are called ${names.join(', ')}${agents.length > 8 ? ' ...' : ''}.`
}

function kindHint(kind: string | undefined): string[] {
  return kind === undefined ? ['Of a server that is asked the kind comes first: netq, eapi or netbox.'] : []
}

/**
 * Controls and what else is not seen, in names from foreign files, as JSON may write them: the topology may go to a terminal, and it
 * stays the same JSON.
 */
function visible(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
