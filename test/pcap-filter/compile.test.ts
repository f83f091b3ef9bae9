import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileFilter } from '../../src/lib/pcap-filter/compile.ts'
import { dumpProgram } from '../../src/lib/pcap-filter/dump.ts'

const ETHERNET = 1

describe('compileFilter: programs, as tcpdump -d of libpcap 1.10.3 prints them', () => {
  const programs: ReadonlyArray<readonly [filter: string, linkType: number, program: string]> = [
    ['', ETHERNET, '(000) ret      #262144\n'],
    [
      'ip',
      ETHERNET,
      '(000) ldh      [12]\n' +
        '(001) jeq      #0x800           jt 2\tjf 3\n' +
        '(002) ret      #262144\n' +
        '(003) ret      #0\n',
    ],
    [
      'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
      ETHERNET,
      '(000) ldh      [12]\n' +
        '(001) jeq      #0x800           jt 2\tjf 10\n' +
        '(002) ldb      [23]\n' +
        '(003) jeq      #0x6             jt 4\tjf 10\n' +
        '(004) ldh      [20]\n' +
        '(005) jset     #0x1fff          jt 10\tjf 6\n' +
        '(006) ldxb     4*([14]&0xf)\n' +
        '(007) ldb      [x + 27]\n' +
        '(008) jset     #0x3             jt 9\tjf 10\n' +
        '(009) ret      #262144\n' +
        '(010) ret      #0\n',
    ],
  ]
  for (const [filter, linkType, program] of programs) {
    it(`${filter === '' ? 'nothing' : filter} on link type ${linkType}`, () => {
      assert.equal(dumpProgram(compileFilter(filter, linkType)), program)
    })
  }
})
