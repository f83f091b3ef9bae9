// `sonde listen` on a terminal that is closed under it, with a screen and without: SIGHUP, and a stdout that gives EIO.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { opened, PatientSender } from '../helpers/listener.ts'
import { noTerminal, Pane, quote, withTerminals } from '../helpers/pane.ts'
import { readFrames, temporaryPath } from '../helpers/read-captures.ts'
import { numbered } from '../helpers/sflow-captures.ts'
import { sendingSocket } from '../helpers/udp.ts'

const DATAGRAMS = 3000

async function freePort(): Promise<number> {
  const socket = await sendingSocket('127.0.0.1')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

describe('a terminal that is closed', { skip: noTerminal }, () => {
  withTerminals()

  for (const [name, flag] of [
    ['with a screen', ''],
    ['without one', '--no-ui'],
  ] as const) {
    test(`${name}: all that came is in the capture`, async () => {
      const port = await freePort()
      const path = temporaryPath('hang-up.pcap')
      const pane = new Pane(`sonde listen -i udp://127.0.0.1:${port} ${flag} --write ${quote(path)}`, 100, 30)
      await opened(port)
      await pane.until(flag === '' ? / q quit$/m : /^Listening on /m)
      const sender = await PatientSender.open(port)
      for (let n = 1; n <= DATAGRAMS; n++) await sender.send(numbered(n))
      await sender.close()
      // Written out once a second: what is not by now must be at the end.
      pane.close()
      let found = 0
      for (let tries = 0; tries < 60 && found < DATAGRAMS; tries++) {
        await pause(50)
        found = (await readFrames(path)).frames.length
      }
      assert.equal(found, DATAGRAMS)
    })
  }
})
