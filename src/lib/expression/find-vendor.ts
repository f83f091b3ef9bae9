// Owns vendors of MAC addresses as labels. Called by generated code. Start at VendorFinder.

import type { Labels } from '../attributes/attribute.ts'
import { ConstantLabels } from './constant.ts'
import type { VendorTable } from './data.ts'

/** The first three bytes as six hex digits, upper case: `00005E`. */
export const vendorNumbers: Labels = {
  text: (label) => label.toString(16).toUpperCase().padStart(6, '0'),
  find: (text) => (/^[0-9A-Fa-f]{6}$/.test(text) ? Number.parseInt(text, 16) : undefined),
}

export class VendorFinder {
  readonly labels: Labels
  readonly #table: VendorTable | undefined

  constructor(table: VendorTable | undefined) {
    this.#table = table
    this.labels = new ConstantLabels(...(table?.names ?? []))
  }

  find(kind: number, view: DataView, at: number): number {
    if (kind !== 1 || this.#table === undefined) return -1
    return this.#table.find(view.getUint32(at), view.getUint16(at + 4))
  }
}
