// Owns the interfaces of a network namespace: which there are, what each is, what it has counted, and that they come and go.
// Must not know sFlow or what an interface is wanted for. Start at InterfaceList; netlink.ts asks, link-message.ts reads the answers,
// ethtool.ts knows speed and the driver's own counters, interface-pattern.ts chooses by name.

import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'
import {
  countersOf,
  countersQuestion,
  type Interface,
  type InterfaceCounters,
  linkQuestion,
  readCounters,
  readLink,
} from './link-message.ts'
import { NetlinkSocket, type TakeMessage } from './netlink.ts'

export type { Interface, InterfaceCounters } from './link-message.ts'

const RTM_NEWLINK = 16
const RTM_GETLINK = 18
const RTM_NEWSTATS = 92
const RTM_GETSTATS = 94
const RTMGRP_LINK = 1
const ENODEV = 19

/** What became of an interface between two looks. One that was deleted and made again has another index: gone, then come. */
export type InterfaceChange =
  | { readonly kind: 'come'; readonly now: Interface }
  | { readonly kind: 'gone'; readonly before: Interface }
  /** Name, state, MTU, address, master. */
  | { readonly kind: 'changed'; readonly before: Interface; readonly now: Interface }

/**
 * The interfaces of the network namespace in which it is made (by rtnetlink, so no /sys is needed, which may show another's).
 * Call `changes` some times a second; without news that is one call of the system.
 */
export class InterfaceList {
  readonly #questions: NetlinkSocket
  readonly #news: NetlinkSocket
  #interfaces: ReadonlyMap<number, Interface>

  /** @throws SystemCallError */
  constructor(libc: Libc) {
    this.#questions = new NetlinkSocket(libc)
    // Before the first look, so that what comes after it is heard of.
    this.#news = new NetlinkSocket(libc, RTMGRP_LINK)
    this.#interfaces = this.#look()
  }

  /** As of the last `changes`, in the kernel's order. */
  all(): readonly Interface[] {
    return [...this.#interfaces.values()]
  }

  byIndex(index: number): Interface | undefined {
    return this.#interfaces.get(index)
  }

  byName(name: string): Interface | undefined {
    return this.all().find((each) => each.name === name)
  }

  /** Looks whether the kernel told of news, and what became of which. @throws SystemCallError */
  changes(): readonly InterfaceChange[] {
    if (!this.#news.heard()) return []
    const before = this.#interfaces
    const now = this.#look()
    this.#interfaces = now
    const changes: InterfaceChange[] = []
    for (const each of before.values()) {
      if (!now.has(each.index)) changes.push({ kind: 'gone', before: each })
    }
    for (const each of now.values()) {
      const old = before.get(each.index)
      if (old === undefined) changes.push({ kind: 'come', now: each })
      else if (!areEqual(old, each)) changes.push({ kind: 'changed', before: old, now: each })
    }
    return changes
  }

  /** An interface as it is now, whatever the last `changes` said; undefined where it is gone. @throws SystemCallError */
  look(index: number): Interface | undefined {
    let link: Interface | undefined
    this.#askOne(RTM_GETLINK, linkQuestion(index), (view, type, at, end) => {
      if (type === RTM_NEWLINK) link = readLink(view, at, end)
    })
    return link
  }

  /** What one interface has counted since it was made; undefined where it is gone. @throws SystemCallError */
  counters(index: number): InterfaceCounters | undefined {
    let counters: InterfaceCounters | undefined
    this.#askOne(RTM_GETSTATS, countersQuestion(index), (view, type, at, end) => {
      if (type === RTM_NEWSTATS) counters = readCounters(view, at, end)
    })
    return counters
  }

  /** Those of all interfaces, by index, in one question. @throws SystemCallError */
  allCounters(): ReadonlyMap<number, InterfaceCounters> {
    const all = new Map<number, InterfaceCounters>()
    this.#questions.ask(
      RTM_GETSTATS,
      true,
      countersQuestion(0),
      (view, type, at, end) => {
        const counters = type === RTM_NEWSTATS ? readCounters(view, at, end) : undefined
        if (counters) all.set(countersOf(view, at), counters)
      },
      () => all.clear(),
    )
    return all
  }

  close(): void {
    this.#questions.close()
    this.#news.close()
  }

  #askOne(question: number, body: Uint8Array, take: TakeMessage): void {
    try {
      this.#questions.ask(question, false, body, take)
    } catch (error) {
      if (!(error instanceof SystemCallError && error.errno === ENODEV)) throw error
    }
  }

  #look(): Map<number, Interface> {
    const found = new Map<number, Interface>()
    this.#questions.ask(
      RTM_GETLINK,
      true,
      linkQuestion(0),
      (view, type, at, end) => {
        const link = type === RTM_NEWLINK ? readLink(view, at, end) : undefined
        if (link) found.set(link.index, link)
      },
      () => found.clear(),
    )
    return found
  }
}

function areEqual(a: Interface, b: Interface): boolean {
  return (Object.keys(a) as (keyof Interface)[]).every((key) =>
    key === 'mac' ? a.mac.length === b.mac.length && a.mac.every((byte, k) => byte === b.mac[k]) : a[key] === b[key],
  )
}
