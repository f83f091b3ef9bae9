// Owns `--forward`: every datagram to another collector, byte for byte. Knows no sFlow; sending is exporter/collector.ts.
// Start at ForwardSide.open.

import { networkInterfaces } from 'node:os'
import { InputError } from '../errors.ts'
import { Collector, type CollectorOptions } from '../exporter/collector.ts'
import { type AddressWords, parseAddress } from '../parse/address.ts'
import type { Batch } from '../source/source.ts'
import { isAny, type Receiver } from './receiver.ts'
import type { Side } from './side.ts'
import type { SideState } from './snapshot.ts'

export interface ForwardOptions extends CollectorOptions {
  /** Where this listener listens: sending there would never end. */
  readonly listening?: readonly Receiver[] | undefined
}

export class ForwardSide implements Side {
  readonly #collector: Collector
  /** Datagrams that came cut: what is left of them is not what was sent. */
  #cut = 0

  private constructor(collector: Collector) {
    this.#collector = collector
  }

  /** @throws InputError where the destination is this listener itself; else as Collector.open */
  static async open(options: ForwardOptions): Promise<ForwardSide> {
    const collector = await Collector.open(options)
    if (options.listening?.some((at) => leadsTo(collector.to, at)) === true) {
      await collector.close()
      throw new InputError(
        `--forward ${collector.state().name} leads to this listener itself: its datagrams would go round without end.`,
        ['Name another collector, or listen on another port with --input.'],
      )
    }
    return new ForwardSide(collector)
  }

  take(batch: Batch, i: number): void {
    if (batch.length[i]! < batch.wireLength[i]!) this.#cut++
    else this.#collector.send(batch.bytes, batch.offset[i]!, batch.length[i]!)
    if (i === batch.count - 1) this.#collector.flush()
  }

  tick(): void {
    this.#collector.tick()
  }

  state(): SideState {
    const { name, datagrams, bytes, failed, problem } = this.#collector.state()
    const cut = this.#cut > 0 ? 'they came cut, so they can not be sent as they were' : null
    return {
      name: `→ ${name}`,
      kind: 'collector',
      datagrams,
      bytes,
      failed: failed + this.#cut,
      problem: problem ?? cut,
    }
  }

  close(): Promise<void> {
    return this.#collector.close()
  }
}

/** Whether what is sent to `to` (`192.0.2.1:6343`, `[::1]:6343`) arrives at a local socket. */
function leadsTo(to: string, at: Receiver): boolean {
  const colon = to.lastIndexOf(':')
  if (Number(to.slice(colon + 1)) !== at.port) return false
  const destination = parseAddress(to.slice(0, colon).replace(/^\[|\]$/g, ''))
  if (destination === undefined) return false
  if (!isAny(at)) return sameAddress(destination, at.words)
  const [a, b, c, d] = destination
  if (a === 0 && b === 0 && c === 0xffff && d >>> 24 === 127) return true
  const local = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return local.some(({ address }) => {
    const own = parseAddress(address)
    return own !== undefined && sameAddress(destination, own)
  })
}

function sameAddress(a: AddressWords, b: readonly number[]): boolean {
  return a.every((word, k) => word === b[k])
}
