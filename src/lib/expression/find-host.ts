// Owns asking for the sFlow host of a MAC address, once an address until hosts tell more. Called by generated code.
// Start at HostFinder.

import type { GrowingLabels } from './constant.ts'
import type { HostDirectory, HostField } from './data.ts'

/** Answers that are kept. */
const MOST = 65_536
const LOW = 65_536

export class HostFinder {
  readonly #hosts: HostDirectory | undefined
  readonly #field: HostField
  readonly #labels: GrowingLabels
  readonly #known = new Map<number, number>()
  #version = -1

  constructor(hosts: HostDirectory | undefined, field: HostField, labels: GrowingLabels) {
    this.#hosts = hosts
    this.#field = field
    this.#labels = labels
  }

  /** Label of the field of the host with that address (kind 1), or -1. */
  find(kind: number, view: DataView, at: number): number {
    const hosts = this.#hosts
    if (kind !== 1 || hosts === undefined) return -1
    if (hosts.version !== this.#version || this.#known.size >= MOST) {
      this.#version = hosts.version
      this.#known.clear()
    }
    const high = view.getUint32(at)
    const low = view.getUint16(at + 4)
    const key = high * LOW + low
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const text = hosts.find(high, low)?.[this.#field]
    const label = text === undefined ? -1 : this.#labels.find(text)
    this.#known.set(key, label)
    return label
  }
}
