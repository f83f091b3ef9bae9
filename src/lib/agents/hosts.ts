// Owns what sFlow hosts tell of themselves (0:2000), by the MAC addresses of their adapters (0:2001). Knows no flow.
// Start at HostNames.

import type { HostDirectory, HostFacts } from '../expression/data.ts'
import { machineTypes, osNames } from '../names/sflow.ts'
import { host_adapters, host_descr } from '../sflow/records/host.ts'
import type { Walker } from '../sflow/walker.ts'
import { decodeText } from '../wire/interpret.ts'
import { compileLean, leanObject } from '../wire/lean.ts'
import { Outcome } from '../wire/outcome.ts'
import { tagValue } from '../wire/record.ts'

const HOST_DESCR = tagValue(host_descr.tag)
const HOST_ADAPTERS = tagValue(host_adapters.tag)
/** Bytes of a name that are kept. */
const LONGEST = 255
/** Adapters of one host that are looked at; the fixed bound keeps one sample cheap. */
const MOST_ADAPTERS = 256
const LOW = 65_536
/** XDR pads a MAC address to 8 bytes. */
const MAC_BYTES = 8
const UUID_BYTES = 16

/** Bounded: the address heard longest ago goes. */
export class HostNames implements HostDirectory {
  version = 0
  readonly #most: number
  readonly #facts = new Map<number, HostFacts>()
  readonly #readDescr = compileLean(host_descr)
  readonly #readAdapters = compileLean(host_adapters)
  readonly #descr = leanObject(host_descr)
  readonly #adapters = leanObject(host_adapters)
  readonly #outcome = new Outcome()

  constructor(most: number) {
    this.#most = most
  }

  get count(): number {
    return this.#facts.size
  }

  find(high: number, low: number): HostFacts | undefined {
    return this.#facts.get(high * LOW + low)
  }

  /** Of every address that is known, so several times of a host with several. */
  all(): Iterable<HostFacts> {
    return this.#facts.values()
  }

  /** Learns from the counter sample at `w`. Allocates where it has both records: once a polling interval of a host. */
  read(w: Walker): void {
    let descr = -1
    let adapters = -1
    const { recordTag, recordCount, recordClipped } = w
    for (let i = 0; i < recordCount; i++) {
      if (i === recordClipped) continue
      if (recordTag[i] === HOST_DESCR) descr = i
      else if (recordTag[i] === HOST_ADAPTERS) adapters = i
    }
    if (descr < 0 || adapters < 0) return
    if (this.#readDescr(w.bytes, w.view, w.recordOffset[descr]!, w.recordEnd[descr]!, this.#descr, this.#outcome) < 0)
      return
    const into = this.#adapters
    if (this.#readAdapters(w.bytes, w.view, w.recordOffset[adapters]!, w.recordEnd[adapters]!, into, this.#outcome) < 0)
      return
    this.#learn(w.view, into.adapters_at, into.adapters_count, this.#factsOf(w))
  }

  #factsOf(w: Walker): HostFacts {
    const descr = this.#descr
    const text = (at: number, length: number) =>
      length === 0 ? undefined : decodeText(w.bytes, at, Math.min(length, LONGEST))
    const uuid = [...w.bytes.subarray(descr.uuid_at, descr.uuid_at + UUID_BYTES)]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
    return {
      host_name: text(descr.hostname_at, descr.hostname_length),
      machine_type: machineTypes.get(descr.machine_type),
      os_name: osNames.get(descr.os_name),
      os_release: text(descr.os_release_at, descr.os_release_length),
      uuid: /^0+$/.test(uuid) ? undefined : uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    }
  }

  /** The reader has checked that the adapters fit their record. */
  #learn(d: DataView, at: number, count: number, facts: HostFacts): void {
    let i = at
    for (let adapter = 0; adapter < Math.min(count, MOST_ADAPTERS); adapter++) {
      const macs = d.getUint32(i + 4)
      i += 8
      for (let mac = 0; mac < macs; mac++, i += MAC_BYTES) {
        if (mac < MOST_ADAPTERS) this.#put(d.getUint32(i) * LOW + d.getUint16(i + 4), facts)
      }
    }
  }

  #put(key: number, facts: HostFacts): void {
    const known = this.#facts.get(key)
    this.#facts.delete(key)
    this.#facts.set(key, facts)
    if (known === undefined || !sameFacts(known, facts)) this.version++
    if (this.#facts.size <= this.#most) return
    const [oldest] = this.#facts.keys()
    if (oldest !== undefined) this.#facts.delete(oldest)
    this.version++
  }
}

function sameFacts(a: HostFacts, b: HostFacts): boolean {
  return (
    a.host_name === b.host_name &&
    a.machine_type === b.machine_type &&
    a.os_name === b.os_name &&
    a.os_release === b.os_release &&
    a.uuid === b.uuid
  )
}
