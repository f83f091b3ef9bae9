import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { checkSideOptions, openSides, type SideOptions } from '../../src/lib/listen/open-sides.ts'
import { batchOf, giveAll } from '../helpers/batches.ts'
import { readCapture, temporaryPath } from '../helpers/read-captures.ts'

const quiet = { tell: (line: string) => assert.fail(line), note: () => {} }

describe('sides of a listener', () => {
  const refused: readonly (readonly [SideOptions, RegExp])[] = [
    [{ rotate: { bytes: 1e6 } }, /^--rotate is of no use without --write\.$/],
    [{ write: 'x.pcap', keep: 2 }, /^--keep is of no use without --rotate\.$/],
    [{ ring: { seconds: 60, bytes: undefined } }, /^--ring is of no use without --dump-when\.$/],
    [{ dumpWhen: 'lost > 1' }, /^--dump-when is of no use without --ring\.$/],
    [{ dumpTo: 'x.pcap' }, /^--dump-to is of no use without --ring\.$/],
    [{ ring: { seconds: 60, bytes: undefined }, dumpWhen: 'lots > 1' }, /^--dump-when is not understood at "lots"/],
  ]
  for (const [options, message] of refused) {
    test(String(message), () => {
      assert.throws(
        () => checkSideOptions(options),
        (error) => error instanceof InputError && message.test(error.message),
      )
    })
  }

  test('none, and all of them', async () => {
    assert.deepEqual(await openSides({}, [], quiet), { all: [], ring: undefined })
    const write = temporaryPath('x.pcap')
    const { all, ring } = await openSides(
      {
        write,
        rotate: { seconds: 3600 },
        keep: 2,
        forward: [{ host: '127.0.0.1', port: 9 }],
        ring: { seconds: 60, bytes: undefined },
        dumpWhen: 'lost > 1k & agents >= 2',
      },
      [{ words: [0, 0, 0, 0], port: 6343 }],
      { tell: () => {}, note: () => {} },
    )
    for (const side of all) giveAll(side, batchOf([{ bytes: new Uint8Array(9) }]))
    assert.deepEqual(
      all.map((side) => side.state().name),
      [write, 'sonde.pcapng', '→ 127.0.0.1:9'],
    )
    assert.equal(all[1], ring)
    for (const side of all) await side.close()
    const made = readdirSync(dirname(write)).filter((name) => name.includes('x-2026'))
    assert.equal(made.length, 1)
    const { datagrams } = await readCapture(`${dirname(write)}/${made[0]}`)
    assert.equal(datagrams.length, 1)
  })

  test('a folder of --dump-to that is not there is told at the start', async () => {
    const folder = temporaryPath('none')
    const ring = { ring: { seconds: 60, bytes: undefined }, dumpWhen: 'lost > 1' }
    await assert.rejects(openSides({ ...ring, dumpTo: `${folder}/x.pcap` }, [], quiet), {
      name: 'InputError',
      message: `--dump-to '${folder}/x.pcap' can't be created: there is no such directory.`,
    })
    const file = temporaryPath('file')
    writeFileSync(file, '')
    await assert.rejects(openSides({ ...ring, dumpTo: `${file}/x.pcap` }, [], quiet), { name: 'InputError' })
  })

  test('trouble with one leaves no file of the others', async () => {
    const write = temporaryPath('x.pcap')
    const forward = [{ host: '127.0.0.1', port: 6343 }]
    const opening = openSides({ write, forward }, [{ words: [0, 0, 0, 0], port: 6343 }], quiet)
    await assert.rejects(opening, /leads to this listener itself/)
    assert.equal(existsSync(write), false)
  })
})
