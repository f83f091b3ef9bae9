// Owns generated captures of a RoCEv2 fabric: what its hosts send (trains of packets), what its switches sample of it, and what
// is true of it, counted from the trains. Uses nothing of src. Start at generateFabric; ready-made fabrics are in presets.ts.

import { Random } from '../../bench/random.ts'
import { type Notifications, type SentDatagram, SwitchAgent } from './agents.ts'
import { type JobOptions, type JobTruth, jobTrains } from './jobs.ts'
import { Layout, type LayoutOptions, type Topology } from './layout.ts'
import { PacketWriter } from './packet-bytes.ts'
import { pcapOf } from './pcap.ts'
import { drawSamples, type SampledPacket, trafficOfPorts } from './sampling.ts'
import {
  type BackgroundOptions,
  backgroundTrain,
  type DropOptions,
  dropTrain,
  type IncastOptions,
  incastTrains,
} from './traffic.ts'
import { type Train, timeOf } from './train.ts'
import { countTruth, type FabricTruth } from './truth.ts'

export interface FabricOptions extends Partial<LayoutOptions> {
  readonly seed?: number
  /** Whole seconds. */
  readonly seconds: number
  /** 1 in so many packets, at every port. */
  readonly rate: number
  /** Packets that leave are sampled too: by edge ports, by all. Default none: only packets that enter. */
  readonly egress?: 'none' | 'edge' | 'all'
  /** What samples name: both ports (default), or their own and "internal", as hsflowd's mod_pcap does. */
  readonly interfaces?: 'both' | 'own'
  /** 0:1043 in flow samples and discards. */
  readonly timestamps?: boolean
  /** Seconds that an agent holds samples at most; 0.1 where not given. */
  readonly hold?: number
  /** Seconds between counters of a port; 0: none. Default 10. */
  readonly poll?: number
  /** Share of the datagrams that are lost. */
  readonly loss?: number
  /** Seconds that a datagram is under way: as much, plus up to `jitter` more. */
  readonly delay?: number
  readonly delayJitter?: number
  /** Notifications of discards a second and agent; 100 where not given. */
  readonly dropLimit?: number
  readonly jobs?: readonly JobOptions[]
  readonly incasts?: readonly IncastOptions[]
  readonly background?: readonly BackgroundOptions[]
  readonly drops?: readonly DropOptions[]
  /** Of a port (`leaf1 swp2`), a second. `kind` discards: packets that counters know and nothing explains. */
  readonly faults?: readonly {
    readonly port: string
    readonly kind: 'errors' | 'discards'
    readonly direction: 'in' | 'out'
    readonly perSecond: number
  }[]
  /** Further packets. */
  readonly trains?: (layout: Layout) => readonly Train[]
}

export interface Fabric {
  readonly options: FabricOptions
  readonly layout: Layout
  /** The list of events. */
  readonly trains: readonly Train[]
  readonly topology: Topology
  readonly truth: FabricTruth
  /** When steps of each job began. */
  readonly jobs: readonly JobTruth[]
  readonly notifications: readonly Notifications[]
  /** Datagrams that arrive, by the time of their arrival. */
  readonly datagrams: readonly SentDatagram[]
  readonly lostDatagrams: number
  /** Flow samples sent. */
  readonly samples: number
  /** The datagrams as a microsecond pcap that begins at 2026-01-15T12:00:00Z. */
  readonly pcap: Uint8Array
}

const MS_OF_41_DAYS = 3_542_400_000

/** Makes a fabric; the same options give the same bytes on every machine. */
export function generateFabric(options: FabricOptions): Fabric {
  const { leaves = 2, spines = 2, hostsPerLeaf = 4, edgeGbps = 100, coreGbps = 100, seed = 1, seconds } = options
  const random = new Random(seed)
  const unit = () => random.unit()
  const layout = new Layout({ leaves, spines, hostsPerLeaf, edgeGbps, coreGbps })
  const jobs = (options.jobs ?? []).map((job) => jobTrains(layout, job, seconds, unit))
  const trains: Train[] = [
    ...jobs.flatMap((job) => job.trains),
    ...(options.incasts ?? []).flatMap((incast) => incastTrains(layout, incast)),
    ...(options.background ?? []).map((one) => backgroundTrain(layout, one, seconds)),
    ...(options.drops ?? []).map((drop) => dropTrain(layout, drop)),
    ...(options.trains?.(layout) ?? []),
  ]
  const late = trains.find(({ start, end }) => start < 0 || !(end > start) || end > seconds)
  if (late !== undefined) throw new RangeError(`a train from ${late.start} to ${late.end} in ${seconds} s`)
  const sent: SentDatagram[] = []
  const agents = runAgents(layout, trains, options, random, (datagram) => sent.push(datagram))
  const { loss = 0, delay = 0.00015, delayJitter = 0 } = options
  const arrived = sent
    .toSorted((a, b) => a.time - b.time)
    .filter(() => loss === 0 || unit() >= loss)
    .map((datagram) => ({ ...datagram, time: datagram.time + delay + (delayJitter > 0 ? delayJitter * unit() : 0) }))
    .sort((a, b) => a.time - b.time)
  return {
    ...{ options, layout, trains, topology: layout.topology(), truth: countTruth(layout, trains, seconds) },
    ...{ jobs: jobs.map(({ truth }) => truth), notifications: agents.map(({ notifications }) => notifications) },
    ...{ datagrams: arrived, lostDatagrams: sent.length - arrived.length },
    samples: agents.reduce((sum, agent) => sum + agent.samples, 0),
    pcap: pcapOf(arrived),
  }
}

type Happening =
  | { readonly time: number; readonly sample: SampledPacket }
  | { readonly time: number; readonly poll: number }
  | { readonly time: number; readonly dropped: Train; readonly k: number }

/** All that the switches tell, one switch after the other. */
function runAgents(
  layout: Layout,
  trains: readonly Train[],
  options: FabricOptions,
  random: Random,
  send: (datagram: SentDatagram) => void,
): SwitchAgent[] {
  const { rate, egress = 'none', poll = 10, seconds, faults = [] } = options
  const traffic = trafficOfPorts(layout, trains)
  const packet = new PacketWriter(layout)
  const faultsOf = (kind: 'errors' | 'discards') => (port: number) => {
    const mine = faults.filter((fault) => fault.kind === kind && fault.port === layout.portText(port))
    const sum = (direction: 'in' | 'out') =>
      mine.reduce((all, fault) => all + (fault.direction === direction ? fault.perSecond : 0), 0)
    return { in: sum('in'), out: sum('out') }
  }
  return layout.switches.map((own) => {
    const happenings: Happening[] = []
    const take = (sample: SampledPacket) => happenings.push({ time: sample.time, sample })
    for (const port of own.ports) {
      const { input, output, inputDrops, outputDrops } = traffic[port.id]!
      drawSamples(input, port.id, false, rate, random, take)
      if (SwitchAgent.samplesOutput(port, egress)) drawSamples(output, port.id, true, rate, random, take)
      if (poll > 0) {
        for (let time = (poll * ((port.id * 7) % 13)) / 13; time < seconds; time += poll)
          happenings.push({ time, poll: port.id })
      }
      for (const { train } of [...inputDrops, ...outputDrops]) {
        if (train.drop!.form === 'sampled' || train.drop!.form === 'silent') continue
        for (let k = 0; k < train.packets; k++) happenings.push({ time: timeOf(train, k), dropped: train, k })
      }
    }
    happenings.sort((a, b) => a.time - b.time)
    const agent = new SwitchAgent(
      layout,
      own,
      traffic,
      packet,
      {
        ...{
          rate,
          egress,
          interfaces: options.interfaces ?? 'both',
          hasTimestamps: options.timestamps ?? false,
          hold: options.hold ?? 0.1,
        },
        ...{ dropLimit: options.dropLimit ?? 100, uptime: MS_OF_41_DAYS + own.id * 1000 },
        ...{ errors: faultsOf('errors'), discards: faultsOf('discards') },
      },
      send,
    )
    for (const happening of happenings) {
      if ('sample' in happening) agent.flow(happening.sample)
      else if ('poll' in happening) agent.counters(happening.time, happening.poll)
      else agent.discard(happening.dropped, happening.k)
    }
    agent.flush(Math.min(agent.due, seconds))
    return agent
  })
}
