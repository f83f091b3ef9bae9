import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sonde } from '../helpers/cli.ts'

describe('--input kernel: that can not be', () => {
  const cases: readonly [args: readonly string[], message: string][] = [
    [['drops', '-i', 'kernel:', '-i', 'udp://:6343'], "--input kernel: can't be mixed with other inputs."],
    [['drops', '-i', 'kernel:', 'capture.pcap'], "--input kernel: can't be mixed with other inputs."],
    [
      ['drops', '-i', 'kernel:blue'],
      '--input "kernel:blue": nothing stands behind kernel:, a network namespace is --netns NAME.',
    ],
    [
      ['drops', '--netns', 'blue'],
      '--netns is of drops in the kernel of this host: it goes with --input kernel: only.',
    ],
    [
      ['top-flows', '-i', 'kernel:', '-k', 'ipsource'],
      '--input kernel: is for sonde drops: the kernel tells only of packets that it drops.',
    ],
    [
      ['decode', 'kernel:'],
      "'kernel:' is no capture and no address: what the kernel of this host drops is an input of sonde drops.",
    ],
    [
      ['listen', 'kernel:'],
      "'kernel:' is no capture and no address: what the kernel of this host drops is an input of sonde drops.",
    ],
    [['ports', '-i', 'kernel:'], '--input kernel: is for sonde drops: the kernel tells only of packets that it drops.'],
  ]
  for (const [args, message] of cases) {
    test(args.join(' '), () => {
      const { stdout, stderr, code } = sonde(args)
      assert.equal(stdout, '')
      assert.equal(stderr.split('\n')[0], message)
      assert.equal(code, 2)
    })
  }
})
