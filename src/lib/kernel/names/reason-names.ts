// Owns the names of the running kernel's drop reasons. They are never numbers of ours: each release of Linux adds some in between. See
// kernel-names.ts for the folder. Start at ReasonNames.

import type { KernelBtf } from '../bpf/kernel-btf.ts'

/** Bits of a reason above which its subsystem stands: SKB_DROP_REASON_SUBSYS_SHIFT of include/net/dropreason.h. */
const SUBSYSTEM_SHIFT = 16

/** Subsystems that have reasons of their own, by their name in enum skb_drop_reason_subsys: the module and its enumeration. */
const subsystems: Readonly<Record<string, { readonly module: string; readonly enumeration: string }>> = {
  MAC80211_UNUSABLE: { module: 'mac80211', enumeration: 'mac80211_drop_reason' },
  MAC80211_MONITOR: { module: 'mac80211', enumeration: 'mac80211_drop_reason' },
  OPENVSWITCH: { module: 'openvswitch', enumeration: 'ovs_drop_reason' },
}

/** Gives types of a module; undefined where it is not loaded. */
export type ModuleTypes = (module: string) => Pick<KernelBtf, 'enumNames'> | undefined

export class ReasonNames {
  readonly #names: Map<number, string>
  readonly #subsystems: ReadonlyMap<number, string>
  readonly #kernel: Pick<KernelBtf, 'enumNames'>
  readonly #moduleTypes: ModuleTypes

  /** A kernel without such an enumeration (before 5.17) has no reasons: all names are empty then. */
  constructor(kernel: Pick<KernelBtf, 'enumNames'>, moduleTypes: ModuleTypes) {
    const names = kernel.enumNames('skb_drop_reason')
    this.#names = new Map(names === undefined ? [] : [...names].map(([value, name]) => [value, withoutBeginning(name)]))
    const known = kernel.enumNames('skb_drop_reason_subsys')
    this.#subsystems = new Map(
      known === undefined
        ? []
        : [...known].map(([value, name]) => [value, name.replace(/^SKB_DROP_REASON_SUBSYS_/, '')]),
    )
    this.#kernel = kernel
    this.#moduleTypes = moduleTypes
  }

  /**
   * `NO_SOCKET`; of a subsystem the name that it has there (`OVS_DROP_LAST_ACTION`), and where its module does not tell, the number
   * in it (`OPENVSWITCH_3`). Empty where nothing is known.
   */
  of(reason: number): string {
    const known = this.#names.get(reason)
    if (known !== undefined) return known
    if (this.#names.size === 0) return ''
    this.#learn(reason >>> SUBSYSTEM_SHIFT)
    const name = this.#names.get(reason) ?? this.#withoutName(reason)
    this.#names.set(reason, name)
    return name
  }

  /** All reasons of a subsystem, the first time that one of them is met. */
  #learn(subsystem: number): void {
    const place = subsystems[this.#subsystems.get(subsystem) ?? '']
    if (place === undefined) return
    // What is built in is among the kernel's own types.
    const { module, enumeration } = place
    const names = this.#kernel.enumNames(enumeration) ?? this.#moduleTypes(module)?.enumNames(enumeration)
    for (const [value, name] of names ?? []) if (!this.#names.has(value)) this.#names.set(value, name)
  }

  #withoutName(reason: number): string {
    const subsystem = this.#subsystems.get(reason >>> SUBSYSTEM_SHIFT) ?? `SUBSYSTEM_${reason >>> SUBSYSTEM_SHIFT}`
    return `${subsystem}_${reason & ((1 << SUBSYSTEM_SHIFT) - 1)}`
  }
}

/** `NO_SOCKET` of SKB_DROP_REASON_NO_SOCKET, `CONSUMED` of SKB_CONSUMED: as the kernel's drop monitor has them. */
function withoutBeginning(name: string): string {
  return name.replace(/^SKB_(?:DROP_REASON_)?/, '')
}
