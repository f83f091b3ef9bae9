import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { compileFilter } from '../../src/lib/pcap-filter/compile.ts'
import { dumpProgram } from '../../src/lib/pcap-filter/dump.ts'
import { fastFilter } from '../../src/lib/pcap-filter/fast.ts'
import { runFilter } from '../../src/lib/pcap-filter/run.ts'

/** The program without numbers of lines, and without the returns at its end. */
function tests(filter: string, linkType: number): string[] {
  const lines = dumpProgram(compileFilter(filter, linkType)).trimEnd().split('\n')
  return lines.slice(0, -2).map((line) => line.slice(6, 32).replace(/\s+/g, ' ').trim())
}

describe('where links say what they carry', () => {
  const cases: ReadonlyArray<readonly [link: string, linkType: number, ip: readonly string[]]> = [
    ['Ethernet', 1, ['ldh [12]', 'jeq #0x800']],
    ['token ring', 6, ['ldh [20]', 'jeq #0x800']],
    ['ARCNET', 7, ['ldb [2]', 'jeq #0xd4', 'jeq #0xf0']],
    ['PPP', 9, ['ldh [2]', 'jeq #0x21']],
    ['FDDI', 10, ['ldh [19]', 'jeq #0x800']],
    ['PPP over serial', 50, ['ldh [2]', 'jeq #0x21']],
    ['PPPoE', 51, ['ldh [6]', 'jeq #0x21']],
    ['raw IP', 101, ['ldb [0]', 'and #0xf0', 'jeq #0x40']],
    ['Cisco HDLC', 104, ['ldh [2]', 'jeq #0x800']],
    ['Frame Relay', 107, ['ldh [2]', 'jeq #0x3cc']],
    ['BSD loopback', 0, ['ld [0]', 'jeq #0x2000000', 'jeq #0x2']],
    ['Linux cooked v1', 113, ['ldh [14]', 'jeq #0x800']],
    ['Linux cooked v2', 276, ['ldh [0]', 'jeq #0x800']],
    ['Linux ARCNET', 129, ['ldb [4]', 'jeq #0xd4', 'jeq #0xf0']],
  ]
  for (const [link, linkType, ip] of cases) {
    it(link, () => assert.deepEqual(tests('ip', linkType), ip))
  }

  it('raw IPv4 carries IPv4 and nothing else', () => {
    assert.equal(dumpProgram(compileFilter('ip', 228)), '(000) ret      #262144\n')
    assert.throws(() => compileFilter('ip6', 228), InputError)
  })

  it('cooked captures know which way packets went', () => {
    assert.deepEqual(tests('outbound', 113), ['ldh [0]', 'jeq #0x4'])
    assert.deepEqual(tests('outbound', 276), ['ldb [10]', 'jeq #0x4'])
    assert.deepEqual(tests('ifindex 3', 276), ['ld [4]', 'jeq #0x3'])
    assert.throws(() => compileFilter('inbound', 1), /Ethernet does not say which way packets went/)
  })
})

describe('802.11 behind radiotap', () => {
  const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
  const radiotap = '0000 0c00 02000000 00 00 0000'
  // QoS data from the access point 00:00:5e:00:53:01 to 00:00:5e:00:53:02, source 00:00:5e:00:53:03, UDP to port 53
  const data = hex(
    `${radiotap} 8802 0000 00005e005302 00005e005301 00005e005303 0000 0000 aaaa03000000 0800` +
      '4500001c 00010000 40110000 c0000201 c6336402 03e80035 00080000',
  )
  // The same with a header that is padded to four bytes, as radiotap's flags say
  const padded = hex(
    `0000 0c00 02000000 20 00 0000 8802 0000 00005e005302 00005e005301 00005e005303 0000 0000 0000 aaaa03000000 0800` +
      '4500001c 00010000 40110000 c0000201 c6336402 03e80035 00080000',
  )
  const beacon = hex(`${radiotap} 8000 0000 ffffffffffff 00005e005301 00005e005301 0000 0000000000000000`)

  const cases: ReadonlyArray<readonly [filter: string, data: boolean, beacon: boolean]> = [
    ['udp dst port 53', true, false],
    ['host 192.0.2.1', true, false],
    ['type mgt subtype beacon', false, true],
    ['type data', true, false],
    ['subtype qos-data', true, false],
    ['dir fromds', true, false],
    ['wlan src 00:00:5e:00:53:03', true, false],
    ['wlan src 00:00:5e:00:53:01', false, true],
    ['wlan dst 00:00:5e:00:53:02', true, false],
    ['wlan addr2 00:00:5e:00:53:01', true, true],
    ['broadcast', false, true],
    ['multicast', false, true],
    ['radio[8] & 0x20 = 0', true, true],
    ['link[0] = 0x80', false, true],
  ]
  for (const [filter, takesData, takesBeacon] of cases) {
    it(filter, () => {
      const program = compileFilter(filter, 127)
      const fast = fastFilter(program)
      for (const [bytes, takes] of [
        [data, takesData],
        [beacon, takesBeacon],
      ] as const) {
        assert.equal(runFilter(program, bytes, 0, bytes.length, bytes.length) > 0, takes)
        assert.equal(fast(bytes, 0, bytes.length, bytes.length) > 0, takes)
      }
    })
  }

  it('a padded header', () => {
    const program = compileFilter('udp dst port 53', 127)
    assert.ok(runFilter(program, padded, 0, padded.length, padded.length) > 0)
  })
})
