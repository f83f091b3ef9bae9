// Owns the choice between the ways of sampling packets: TCX, else packet sockets, found by trying. See tap.ts for the folder.

import { EnvironmentError } from '../../errors.ts'
import { SystemCallError } from '../../sys/errno.ts'
import { type Libc, loadLibc } from '../../sys/libc.ts'
import type { Bpf } from '../bpf/bpf.ts'
import { openBpf } from '../bpf/loader.ts'
import { BpfRefusal } from '../bpf/refusal.ts'
import { InterfaceList } from '../links/interfaces.ts'
import type { RingSize } from './packet-socket.ts'
import { PacketSocketTap, tryPacketSocket } from './packet-socket-tap.ts'
import type { PacketTap } from './tap.ts'
import { insideOf, TapInNetns } from './tap-in-netns.ts'
import { openTcxTap } from './tcx-tap.ts'

export type TapMethod = PacketTap['kind']

export interface OpenTapOptions {
  /** Only this way; undefined: the best that this machine permits. */
  readonly method?: TapMethod | undefined
  /** Name or path of the network namespace whose interfaces are meant; this one where not given. */
  readonly netns?: string | undefined
  /** Bytes of TCX's ring, a power of two; 4 MiB where not given. */
  readonly ringBytes?: number
  /** Ring of a packet socket: two of them an interface. */
  readonly ring?: RingSize
}

/**
 * Opens a tap for the interfaces of a network namespace.
 * @param load finds the C library; others in tests
 * @throws EnvironmentError, one line: not Linux, no koffi, not permitted; or that the one way that was asked for is refused;
 *   InputError where there is no such namespace
 */
export async function openTap(options: OpenTapOptions = {}, load: typeof loadLibc = loadLibc): Promise<PacketTap> {
  const { libc, why } = await load()
  if (libc === undefined) throw noLibrary(why)
  return chooseTap(libc, options, () => openBpf(load))
}

function noLibrary(why: string): EnvironmentError {
  if (process.platform !== 'linux') {
    return new EnvironmentError(`Packets are sampled in Linux's kernel, and this is ${process.platform}.`, [
      'Run sonde on the Linux machine itself.',
    ])
  }
  return new EnvironmentError(
    `Packets are sampled in the kernel, which sonde reaches through koffi, and can't: ${why}.`,
    [...(why.startsWith('koffi') ? ['Install it beside sonde: npm install -g koffi'] : [])],
  )
}

/** As openTap, with the library at hand. @param open the way into bpf(2) */
export async function chooseTap(libc: Libc, options: OpenTapOptions, open: () => Promise<Bpf>): Promise<PacketTap> {
  const { method, netns } = options
  const inside = insideOf(libc, netns)
  const tapInside = (tap: PacketTap) => (netns === undefined ? tap : new TapInNetns(tap, inside))
  let refusal: EnvironmentError | undefined
  if (method !== 'af_packet') {
    try {
      const bpf = await open()
      return tapInside(inside(() => byTcx(bpf, options)))
    } catch (error) {
      if (!(error instanceof EnvironmentError) || method === 'tcx') throw error
      refusal = error
    }
  }
  return tapInside(inside(() => byPacketSockets(libc, options, refusal)))
}

function byTcx(bpf: Bpf, options: OpenTapOptions): PacketTap {
  const interfaces = new InterfaceList(bpf.libc)
  try {
    return openTcxTap(bpf, interfaces, options)
  } catch (error) {
    interfaces.close()
    bpf.close()
    throw error
  }
}

function byPacketSockets(libc: Libc, options: OpenTapOptions, refusal: EnvironmentError | undefined): PacketTap {
  try {
    tryPacketSocket(libc)
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error
    throw notPermitted(error, refusal)
  }
  const interfaces = new InterfaceList(libc)
  return new PacketSocketTap(libc, interfaces, {
    why: refusal === undefined ? 'it was asked for' : clauseOf(refusal),
    ...(options.ring === undefined ? {} : { ring: options.ring }),
  })
}

function clauseOf(refusal: EnvironmentError): string {
  return refusal instanceof BpfRefusal ? refusal.clause : refusal.message.replace(/\.$/, '')
}

function notPermitted(error: SystemCallError, refusal: EnvironmentError | undefined): EnvironmentError {
  const better = refusal === undefined ? '' : `, and no better way either (${clauseOf(refusal)})`
  return new EnvironmentError(
    error.code === 'EPERM' || error.code === 'EACCES'
      ? `This user may not open packet sockets (${error.code})${better}.`
      : `Packet sockets can't be opened: ${error.message}${better}.`,
    ['Run it with sudo; in a container, with --cap-add NET_RAW, or better BPF,PERFMON,NET_ADMIN.'],
    { cause: error },
  )
}
