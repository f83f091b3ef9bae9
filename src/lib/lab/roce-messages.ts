// Owns the bytes of the lab's RoCEv2 traffic: seven messages over and over. Knows no socket. See lab.ts for the folder.

/** IANA's port of RoCEv2, and the source port that all packets of one sender have: ECMP keeps them on one path. */
export const ROCE_PORT = 4791
export const SOURCE_PORT = 49_152
/** ECN = 11, congestion experienced; DSCP 0. */
export const CONGESTED = 3

/** Base Transport Header, 12 bytes, and behind it what a message has, zeros, to this length: an IPv4 packet of 66 bytes. */
const PAYLOAD_BYTES = 38
const BTH_BYTES = 12

/** BTH byte 1: migration state M. */
const MIGRATED = 0x40
const QUEUE_PAIR = 0x123

/** RDMA Extended Transport Header: 8 bytes of address, 4 of R_Key, then the length of the operation. */
const RETH_LENGTH = BTH_BYTES + 12
const OPERATION_BYTES = 32_768
/** AETH syndrome: an ACK whose credit code is 7, which is 12 credits. */
const ACK_OF_12_CREDITS = 0x07

export interface RoceMessage {
  readonly opcode: number
  readonly name: string
  /** How often it is sent in a round; one after the other. */
  readonly times: number
  readonly bytes: Uint8Array
}

function message(opcode: number, name: string, times: number, flags: number, fill?: (view: DataView) => void) {
  const bytes = new Uint8Array(PAYLOAD_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, opcode)
  view.setUint8(1, flags)
  view.setUint32(4, QUEUE_PAIR)
  fill?.(view)
  return { opcode, name, times, bytes }
}

const reth = (view: DataView): void => view.setUint32(RETH_LENGTH, OPERATION_BYTES)

/**
 * A training step as seen on the wire: a WRITE of 32 KiB, its acknowledgement, a congestion notification. ACK and CNP go the
 * same way as the WRITE, so that one sender makes all of it.
 * @see InfiniBand Architecture 1.7, 5.2 and 9.2 (BTH, opcodes), 9.3.1 (RETH), 9.7.5 (AETH); annex A17.9.3 (CNP)
 */
export const roceMessages: readonly RoceMessage[] = [
  message(0x06, 'RC RDMA WRITE First', 1, MIGRATED, reth),
  // What is behind this BTH is payload, here the bytes of a RETH: a reader that takes it for one counts five operations.
  message(0x07, 'RC RDMA WRITE Middle', 4, MIGRATED, reth),
  message(0x11, 'RC Acknowledge', 1, MIGRATED, (view) => view.setUint8(BTH_BYTES, ACK_OF_12_CREDITS)),
  message(0x81, 'CNP', 1, 0),
]

/** Which of roceMessages the packets of a round are, in order: 7 packets. */
export const round: readonly number[] = roceMessages.flatMap(({ times }, i) => Array.from({ length: times }, () => i))

/** The messages' bytes with zeros behind them, so that a packet fills a queue. */
export function paddedMessages(payloadBytes: number): Uint8Array[] {
  return roceMessages.map(({ bytes }) => {
    const padded = new Uint8Array(Math.max(payloadBytes, bytes.length))
    padded.set(bytes)
    return padded
  })
}
