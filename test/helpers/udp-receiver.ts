// Owns receiving datagrams on loopback in tests, with node:dgram and nothing of src. It lives in the process of the test:
// a sender in the same process can't outrun it, as long as it gives the event loop a turn.

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** Quiet for so long, all that was sent has come. */
const QUIET_MS = 500

export class UdpReceiver {
  /** In order of arrival. */
  readonly datagrams: Buffer[] = []
  /** Arrivals, in milliseconds of performance.now(). */
  readonly times: number[] = []
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (bytes) => {
      this.datagrams.push(bytes)
      this.times.push(performance.now())
    })
  }

  static async open(address = '127.0.0.1'): Promise<UdpReceiver> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    const receiver = new UdpReceiver(socket)
    socket.bind(0, address)
    await once(socket, 'listening')
    try {
      socket.setRecvBufferSize(4 << 20)
    } catch {
      // What the system grants must do.
    }
    return receiver
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Waits until so many have come, or nothing has for a while. */
  async settle(count: number): Promise<void> {
    let before = -1
    let since = performance.now()
    while (this.datagrams.length < count && performance.now() - since < QUIET_MS) {
      if (this.datagrams.length !== before) since = performance.now()
      before = this.datagrams.length
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  async close(): Promise<void> {
    this.#socket.close()
    await once(this.#socket, 'close')
  }
}
