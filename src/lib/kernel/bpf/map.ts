// Owns one map in the kernel: reading and writing its values. See bpf.ts for the folder.

import { Arena } from '../../sys/arena.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { BpfMap } from './bpf.ts'
import { ATTR_BYTES, command } from './bpf-attr.ts'
import type { BpfCalls, MapSettings } from './bpf-calls.ts'
import { mapType } from './map-definitions.ts'

const ENOENT = 2
const perCpu: readonly number[] = [mapType.perCpuHash, mapType.perCpuArray, mapType.lruPerCpuHash]
/** Each CPU's value begins at a multiple of it. */
const VALUE_ALIGN = 8
/** map_fd, key, value or next key, flags. */
const KEY = 8
const VALUE = 16

/** A map, with memory of its own for the calls: after the first, a call costs a copy and the system call. */
export class KernelMap implements BpfMap {
  readonly name: string
  readonly fd: number
  readonly type: number
  readonly keyBytes: number
  readonly valueBytes: number
  readonly maxEntries: number
  readonly lookupBytes: number
  readonly #calls: BpfCalls
  readonly #stride: number
  #arena: Arena | undefined
  #attr = 0
  #key = 0
  #value = 0

  /** Takes over the file descriptor. */
  constructor(calls: BpfCalls, fd: number, settings: MapSettings, possibleCpus: number) {
    this.#calls = calls
    this.fd = fd
    this.name = settings.name
    this.type = settings.type
    this.keyBytes = settings.keyBytes
    this.valueBytes = settings.valueBytes
    this.maxEntries = settings.maxEntries
    this.#stride = Math.ceil(settings.valueBytes / VALUE_ALIGN) * VALUE_ALIGN
    this.lookupBytes = perCpu.includes(settings.type) ? this.#stride * possibleCpus : settings.valueBytes
  }

  lookup(key: Uint8Array | number, into: Uint8Array): boolean {
    const arena = this.#prepare(key)
    if (!this.#find('BPF_MAP_LOOKUP_ELEM', command.mapLookup, arena)) return false
    copy(arena.bytes, this.#value, into, 0, this.lookupBytes)
    return true
  }

  sum(key: Uint8Array | number, offset = 0): number {
    const arena = this.#prepare(key)
    if (!this.#find('BPF_MAP_LOOKUP_ELEM', command.mapLookup, arena)) return 0
    const { view } = arena
    let sum = 0
    for (let at = this.#value + offset; at < this.#value + this.lookupBytes; at += this.#stride) {
      sum += view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true)
    }
    return sum
  }

  update(key: Uint8Array | number, value: Uint8Array): void {
    const arena = this.#prepare(key)
    copy(value, 0, arena.bytes, this.#value, Math.min(value.length, this.lookupBytes))
    if (this.#call(command.mapUpdate, arena) < 0) throw this.#refused('BPF_MAP_UPDATE_ELEM')
  }

  remove(key: Uint8Array | number): boolean {
    const arena = this.#prepare(key)
    // This command has no value, and wants its place empty.
    arena.view.setBigUint64(this.#attr + VALUE, 0n, true)
    try {
      return this.#find('BPF_MAP_DELETE_ELEM', command.mapDelete, arena)
    } finally {
      arena.point(this.#attr + VALUE, this.#value)
    }
  }

  nextKey(key: Uint8Array | undefined, into: Uint8Array): boolean {
    const arena = this.#prepare(key ?? 0)
    // Without a key the kernel gives the first.
    if (key === undefined) arena.view.setBigUint64(this.#attr + KEY, 0n, true)
    const found = this.#find('BPF_MAP_GET_NEXT_KEY', command.mapNextKey, arena)
    arena.point(this.#attr + KEY, this.#key)
    if (found) copy(arena.bytes, this.#value, into, 0, this.keyBytes)
    return found
  }

  /** Lets the map go; programs that use it keep it. */
  close(): void {
    if (this.#attr < 0) return
    this.#attr = -1
    this.#arena?.close()
    this.#calls.libc.close(this.fd)
  }

  #prepare(key: Uint8Array | number): Arena {
    if (this.#attr < 0) throw new RangeError(`map ${this.name} is closed`)
    const arena = this.#arena ?? this.#makeArena()
    if (typeof key === 'number') arena.view.setUint32(this.#key, key, true)
    else copy(key, 0, arena.bytes, this.#key, Math.min(key.length, this.keyBytes))
    return arena
  }

  #makeArena(): Arena {
    // A key as a number takes four bytes, whatever the map's are.
    const keyBytes = Math.max(this.keyBytes, 8)
    const valueBytes = Math.max(this.lookupBytes, this.keyBytes)
    const arena = new Arena(this.#calls.libc, ATTR_BYTES + keyBytes + valueBytes + 64)
    this.#arena = arena
    this.#attr = arena.take(ATTR_BYTES)
    this.#key = arena.take(keyBytes)
    this.#value = arena.take(valueBytes)
    arena.view.setUint32(this.#attr, this.fd, true)
    arena.point(this.#attr + KEY, this.#key)
    arena.point(this.#attr + VALUE, this.#value)
    return arena
  }

  /** @returns whether the key was there */
  #find(call: string, what: number, arena: Arena): boolean {
    if (this.#call(what, arena) >= 0) return true
    const error = this.#refused(call)
    if (error.errno === ENOENT) return false
    throw error
  }

  #call(what: number, arena: Arena): number {
    return this.#calls.raw(what, arena.address + this.#attr)
  }

  #refused(call: string): SystemCallError {
    return new SystemCallError(`${call} of ${this.name}`, this.#calls.libc.errno())
  }
}

/** By hand: no view is made for each call, and a value has some ten bytes. */
function copy(from: Uint8Array, at: number, to: Uint8Array, into: number, bytes: number): void {
  for (let i = 0; i < bytes; i++) to[into + i] = from[at + i]!
}
