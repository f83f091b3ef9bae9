// Owns bpf(2): the layout of union bpf_attr for each command. See bpf.ts for the folder.

import { Arena } from '../../sys/arena.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'
import type { KprobeTargets } from './bpf.ts'
import { ATTR_BYTES, Attr, command } from './bpf-attr.ts'
import { viewOf } from './elf.ts'
import { mapType } from './map-definitions.ts'

/** Number of bpf(2) by process.arch: asm/unistd.h. */
const callNumbers: Readonly<Record<string, number>> = { x64: 321, arm64: 280 }

/** What a refused BTF_LOAD or PROG_LOAD left behind: the error and the verifier's words. */
export class LoadError extends SystemCallError {
  readonly call: string
  readonly log: string
  constructor(call: string, errno: number, log: string) {
    super(call, errno)
    this.call = call
    this.log = log
  }
}

export interface MapSettings {
  readonly name: string
  readonly type: number
  readonly keyBytes: number
  readonly valueBytes: number
  readonly maxEntries: number
  readonly flags: number
}

export interface ProgramSettings {
  readonly name: string
  readonly type: number
  readonly attachType: number
  readonly licence: string
  readonly instructions: Uint8Array
  readonly btfFd: number
  readonly functionInfo: Uint8Array
  readonly coreRelocations: Uint8Array
  /** Type of the kernel that a tracing program hangs at; 0 for others. */
  readonly attachBtfId: number
}

/** Room for the verifier's log: level 1 of a program of some thousand instructions. Only what is written becomes resident. */
const LOG_BYTES = 4 << 20

// enum bpf_attach_type: linux/bpf.h.
const BPF_PERF_EVENT = 41
const BPF_TRACE_KPROBE_MULTI = 42
const FUNCTION_INFO_BYTES = 8
const CORE_RELOCATION_BYTES = 16
const EPERM = 1
const ENOENT = 2
const EINTR = 4
const ENOMEM = 12
const EAGAIN = 11
/** Of a call that signals interrupt; V8 and libuv send some to this thread. */
const INTERRUPTED_TRIES = 20

const noBytes = new Uint8Array(0)

/** The commands. Each throws SystemCallError where the kernel refuses, named as the command is in linux/bpf.h. */
export class BpfCalls {
  readonly libc: Libc
  readonly #number: number

  /** @returns undefined for an architecture whose call number is not known */
  static open(libc: Libc): BpfCalls | undefined {
    const number = callNumbers[process.arch]
    return number === undefined ? undefined : new BpfCalls(libc, number)
  }

  private constructor(libc: Libc, number: number) {
    this.libc = libc
    this.#number = number
  }

  /** One call with attributes that lie at an address. @returns less than 0 for an error, which libc.errno() gives */
  raw(what: number, address: number): number {
    return this.libc.syscall(this.#number, what, address, ATTR_BYTES, 0, 0, 0)
  }

  /** @returns a file descriptor @throws SystemCallError */
  createMap(map: MapSettings): number {
    return this.#call('BPF_MAP_CREATE', command.mapCreate, 0, (attr) =>
      attr
        .u32(0, map.type)
        .u32(4, map.keyBytes)
        .u32(8, map.valueBytes)
        .u32(12, map.maxEntries)
        .u32(16, map.flags)
        .name(28, map.name),
    )
  }

  /**
   * Returns when every program that ran at its call is through. There is no command for just that: the kernel waits so whenever a map
   * in a map of maps is set, for programs that may still use the one before (bpf.ts, Bpf.settle).
   * @throws SystemCallError
   */
  waitForPrograms(): void {
    const one = { keyBytes: 4, valueBytes: 4, maxEntries: 1, flags: 0 }
    const inner = this.createMap({ ...one, name: 'settle', type: mapType.array })
    try {
      const outer = this.#call('BPF_MAP_CREATE', command.mapCreate, 0, (attr) =>
        attr.u32(0, mapType.arrayOfMaps).u32(4, 4).u32(8, 4).u32(12, 1).u32(20, inner),
      )
      try {
        const [key, value] = [new Uint8Array(4), new Uint8Array(Uint32Array.of(inner).buffer)]
        this.#call('BPF_MAP_UPDATE_ELEM', command.mapUpdate, key.length + value.length, (attr) =>
          attr.u32(0, outer).bytes(8, key).bytes(16, value),
        )
      } finally {
        this.libc.close(outer)
      }
    } finally {
      this.libc.close(inner)
    }
  }

  freezeMap(fd: number): void {
    this.#call('BPF_MAP_FREEZE', command.mapFreeze, 0, (attr) => attr.u32(0, fd))
  }

  /** @returns a file descriptor @throws LoadError */
  loadBtf(btf: Uint8Array): number {
    const load = (logged: boolean) =>
      this.#load('BPF_BTF_LOAD', command.btfLoad, btf.length, logged, { log: 8, size: 20, level: 24 }, (attr) =>
        attr.bytes(0, btf).u32(16, btf.length),
      )
    return this.#twice(load)
  }

  /** @returns a file descriptor @throws LoadError */
  loadProgram(program: ProgramSettings): number {
    const { instructions, functionInfo, coreRelocations } = program
    const bytes = instructions.length + functionInfo.length + coreRelocations.length
    const load = (logged: boolean) =>
      this.#load('BPF_PROG_LOAD', command.programLoad, bytes, logged, { log: 32, size: 28, level: 24 }, (attr) => {
        attr
          .u32(0, program.type)
          .u32(4, instructions.length / 8)
          .bytes(8, instructions)
          .text(16, program.licence)
          .name(48, program.name)
          .u32(68, program.attachType)
          .u32(72, program.btfFd)
          .u32(108, program.attachBtfId)
        if (functionInfo.length > 0) {
          attr
            .u32(76, FUNCTION_INFO_BYTES)
            .bytes(80, functionInfo)
            .u32(88, functionInfo.length / FUNCTION_INFO_BYTES)
        }
        if (coreRelocations.length > 0) {
          attr
            .u32(116, coreRelocations.length / CORE_RELOCATION_BYTES)
            .bytes(128, coreRelocations)
            .u32(136, CORE_RELOCATION_BYTES)
        }
      })
    return this.#twice(load)
  }

  /** @param flags BPF_F_BEFORE or BPF_F_AFTER for the order at the hook @returns a file descriptor of the link */
  createLink(programFd: number, interfaceIndex: number, attachType: number, flags: number): number {
    return this.#call('BPF_LINK_CREATE', command.linkCreate, 0, (attr) =>
      attr.u32(0, programFd).u32(4, interfaceIndex).u32(8, attachType).u32(12, flags),
    )
  }

  /**
   * Hangs a program of kind kprobe.multi at many functions by one link.
   * @param targets names or addresses, and a cookie for each
   * @returns a file descriptor of the link
   */
  createKprobeMultiLink(programFd: number, targets: KprobeTargets): number {
    const { symbols, addresses, cookies } = targets
    const names = symbols === undefined ? noBytes : new TextEncoder().encode(`${symbols.join('\0')}\0`)
    const cookieBytes = new Uint8Array(cookies.buffer, cookies.byteOffset, cookies.byteLength)
    const room = names.length + 2 * cookieBytes.length
    return this.#call('BPF_LINK_CREATE', command.linkCreate, room, (attr) => {
      attr.u32(0, programFd).u32(8, BPF_TRACE_KPROBE_MULTI).u32(20, cookies.length).bytes(40, cookieBytes)
      if (addresses) attr.bytes(32, new Uint8Array(addresses.buffer, addresses.byteOffset, addresses.byteLength))
      else attr.texts(24, names, cookies.length)
    })
  }

  /** Hangs a program at an event of perf_event_open(2), which the link holds on to. @returns a file descriptor of the link */
  createPerfLink(programFd: number, eventFd: number, cookie: bigint): number {
    return this.#call('BPF_LINK_CREATE', command.linkCreate, 0, (attr) =>
      attr.u32(0, programFd).u32(4, eventFd).u32(8, BPF_PERF_EVENT).u64(16, cookie),
    )
  }

  /** @param tracepoint undefined where the program itself names it (tp_btf, fentry) @returns a file descriptor of the link */
  openTracepoint(programFd: number, tracepoint: string | undefined): number {
    return this.#call('BPF_RAW_TRACEPOINT_OPEN', command.rawTracepointOpen, 0, (attr) => {
      if (tracepoint !== undefined) attr.text(0, tracepoint)
      attr.u32(8, programFd)
    })
  }

  /** Runs a program on bytes; see BpfProgram.testRun. */
  testRun(
    programFd: number,
    packet: Uint8Array,
    context: Uint8Array,
    repeat: number,
  ): { result: number; nanoseconds: number } {
    const answer = { result: 0, nanoseconds: 0 }
    for (let left = INTERRUPTED_TRIES; ; left--) {
      try {
        this.#testRun(programFd, packet, context, repeat, answer)
        return answer
      } catch (error) {
        // Any signal for the thread ends a long run.
        if (left === 0 || (error as SystemCallError).errno !== EINTR) throw error
      }
    }
  }

  #testRun(
    programFd: number,
    packet: Uint8Array,
    context: Uint8Array,
    repeat: number,
    answer: { result: number; nanoseconds: number },
  ): void {
    this.#call(
      'BPF_PROG_TEST_RUN',
      command.programTestRun,
      packet.length + context.length,
      (attr) =>
        attr
          .u32(0, programFd)
          .u32(8, packet.length)
          .bytes(16, packet)
          .u32(32, repeat)
          .u32(40, context.length)
          .bytes(48, context),
      (attr) => {
        answer.result = attr.view.getUint32(attr.at + 4, true)
        answer.nanoseconds = attr.view.getUint32(attr.at + 36, true)
      },
    )
  }

  /**
   * Whether programs can hang at a device by TCX (6.6): asks which do at loopback, which every network namespace has.
   * @throws SystemCallError; EINVAL from a kernel that has no TCX
   */
  queryTcx(attachType: number): void {
    try {
      // The last field that BPF_PROG_QUERY had before 6.6 ends at byte 40, and the fields behind it are zero.
      this.#call('BPF_PROG_QUERY', command.programQuery, 0, (attr) => attr.u32(0, LOOPBACK_INDEX).u32(4, attachType))
    } catch (error) {
      // It looked for programs and there are none.
      if (!(error instanceof SystemCallError && error.errno === ENOENT)) throw error
    }
  }

  /** struct bpf_prog_info of a program, as far as this kernel fills it; the rest is zero. */
  programInfo(fd: number): DataView {
    const info = new Uint8Array(INFO_BYTES)
    let at = 0
    this.#call(
      'BPF_OBJ_GET_INFO_BY_FD',
      command.infoByFd,
      INFO_BYTES,
      (attr) => {
        at = attr.take(INFO_BYTES)
        attr.u32(0, fd).u32(4, INFO_BYTES).pointer(8, at)
      },
      ({ view }) => {
        for (let i = 0; i < INFO_BYTES; i++) info[i] = view.getUint8(at + i)
      },
    )
    return viewOf(info)
  }

  /** Again with a log where there is something to be said, so that a good load does not pay for one. */
  #twice(load: (logged: boolean) => number): number {
    for (let left = INTERRUPTED_TRIES; ; left--) {
      try {
        return load(false)
      } catch (error) {
        const { errno } = error as LoadError
        // A signal for this thread ends the verifier's work.
        if (errno === EAGAIN && left > 0) continue
        if (errno === EPERM || errno === ENOMEM) throw error
        return this.#explained(error as LoadError, load)
      }
    }
  }

  /** Again with a log; where that ends otherwise (before 6.4 with ENOSPC for a long log), the first error is the one that counts. */
  #explained(first: LoadError, load: (logged: boolean) => number): number {
    try {
      return load(true)
    } catch (error) {
      throw new LoadError(first.call, first.errno, (error as LoadError).log)
    }
  }

  #load(
    call: string,
    what: number,
    bytes: number,
    logged: boolean,
    place: { readonly log: number; readonly size: number; readonly level: number },
    fill: (attr: Attr) => void,
  ): number {
    const arena = new Arena(this.libc, ATTR_BYTES + bytes + 4096 + (logged ? LOG_BYTES : 0))
    try {
      const attr = new Attr(arena)
      fill(attr)
      let log = 0
      if (logged) {
        log = attr.take(LOG_BYTES)
        attr.u32(place.level, 1).u32(place.size, LOG_BYTES).pointer(place.log, log)
      }
      const fd = this.raw(what, arena.address + attr.at)
      if (fd < 0) throw new LoadError(call, this.libc.errno(), logged ? attr.textAt(log, LOG_BYTES) : '')
      return fd
    } finally {
      arena.close()
    }
  }

  #call(call: string, what: number, bytes: number, fill: (attr: Attr) => void, read?: (attr: Attr) => void): number {
    const arena = new Arena(this.libc, ATTR_BYTES + bytes + 4096)
    try {
      const attr = new Attr(arena)
      fill(attr)
      const result = this.raw(what, arena.address + attr.at)
      if (result < 0) throw new SystemCallError(call, this.libc.errno())
      read?.(attr)
      return result
    } finally {
      arena.close()
    }
  }
}

/** struct bpf_prog_info up to verified_insns. */
const INFO_BYTES = 224
const LOOPBACK_INDEX = 1
