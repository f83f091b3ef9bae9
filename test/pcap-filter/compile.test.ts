import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { compileFilter } from '../../src/lib/pcap-filter/compile.ts'
import { dumpProgram } from '../../src/lib/pcap-filter/dump.ts'
import { accepted, rejected } from './expressions.ts'

const ETHERNET = 1
const RAW = 101

function refusal(filter: string, linkType = ETHERNET): InputError {
  try {
    compileFilter(filter, linkType)
  } catch (error) {
    assert.ok(error instanceof InputError, String(error))
    return error
  }
  return assert.fail(`${filter} was accepted`)
}

describe('compileFilter: programs, shown as tcpdump -d does; all but the last are those of libpcap 1.10.3', () => {
  const programs: ReadonlyArray<readonly [filter: string, linkType: number, lines: readonly string[]]> = [
    ['', ETHERNET, ['(000) ret      #262144']],
    [
      'ip',
      ETHERNET,
      [
        '(000) ldh      [12]',
        '(001) jeq      #0x800           jt 2\tjf 3',
        '(002) ret      #262144',
        '(003) ret      #0',
      ],
    ],
    [
      'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
      ETHERNET,
      [
        '(000) ldh      [12]',
        '(001) jeq      #0x800           jt 2\tjf 10',
        '(002) ldb      [23]',
        '(003) jeq      #0x6             jt 4\tjf 10',
        '(004) ldh      [20]',
        '(005) jset     #0x1fff          jt 10\tjf 6',
        '(006) ldxb     4*([14]&0xf)',
        '(007) ldb      [x + 27]',
        '(008) jset     #0x3             jt 9\tjf 10',
        '(009) ret      #262144',
        '(010) ret      #0',
      ],
    ],
    [
      'tcp port https',
      RAW,
      [
        '(000) ldb      [0]',
        '(001) and      #0xf0',
        '(002) jeq      #0x60            jt 3\tjf 9',
        '(003) ldb      [6]',
        '(004) jeq      #0x6             jt 5\tjf 20',
        '(005) ldh      [40]',
        '(006) jeq      #0x1bb           jt 19\tjf 7',
        '(007) ldh      [42]',
        '(008) jeq      #0x1bb           jt 19\tjf 20',
        '(009) jeq      #0x40            jt 10\tjf 20',
        '(010) ldb      [9]',
        '(011) jeq      #0x6             jt 12\tjf 20',
        '(012) ldh      [6]',
        '(013) jset     #0x1fff          jt 20\tjf 14',
        '(014) ldxb     4*([0]&0xf)',
        '(015) ldh      [x + 0]',
        '(016) jeq      #0x1bb           jt 19\tjf 17',
        '(017) ldh      [x + 2]',
        '(018) jeq      #0x1bb           jt 19\tjf 20',
        '(019) ret      #262144',
        '(020) ret      #0',
      ],
    ],
    [
      'vlan 100 and ip',
      ETHERNET,
      [
        '(000) ldh      [12]',
        '(001) jeq      #0x8100          jt 4\tjf 2',
        '(002) jeq      #0x88a8          jt 4\tjf 3',
        '(003) jeq      #0x9100          jt 4\tjf 10',
        '(004) ldh      [14]',
        '(005) and      #0xfff',
        '(006) jeq      #0x64            jt 7\tjf 10',
        '(007) ldh      [16]',
        '(008) jeq      #0x800           jt 9\tjf 10',
        '(009) ret      #262144',
        '(010) ret      #0',
      ],
    ],
    [
      'udp port 53 or 5353',
      ETHERNET,
      [
        '(000) ldh      [12]',
        '(001) jeq      #0x86dd          jt 2\tjf 10',
        '(002) ldb      [20]',
        '(003) jeq      #0x11            jt 4\tjf 23',
        '(004) ldh      [54]',
        '(005) jeq      #0x35            jt 22\tjf 6',
        '(006) jeq      #0x14e9          jt 22\tjf 7',
        '(007) ldh      [56]',
        '(008) jeq      #0x35            jt 22\tjf 9',
        '(009) jeq      #0x14e9          jt 22\tjf 23',
        '(010) jeq      #0x800           jt 11\tjf 23',
        '(011) ldb      [23]',
        '(012) jeq      #0x11            jt 13\tjf 23',
        '(013) ldh      [20]',
        '(014) jset     #0x1fff          jt 23\tjf 15',
        '(015) ldxb     4*([14]&0xf)',
        '(016) ldh      [x + 14]',
        '(017) jeq      #0x35            jt 22\tjf 18',
        '(018) jeq      #0x14e9          jt 22\tjf 19',
        '(019) ldh      [x + 16]',
        '(020) jeq      #0x35            jt 22\tjf 21',
        '(021) jeq      #0x14e9          jt 22\tjf 23',
        '(022) ret      #262144',
        '(023) ret      #0',
      ],
    ],
  ]
  for (const [filter, linkType, lines] of programs) {
    it(`${filter === '' ? 'nothing' : filter} on link type ${linkType}`, () => {
      assert.deepEqual(dumpProgram(compileFilter(filter, linkType)).trimEnd().split('\n'), lines)
    })
  }
})

describe('compileFilter: what is accepted', () => {
  it('is what tcpdump accepts', () => {
    assert.ok(accepted.length > 300)
    for (const filter of accepted) {
      assert.doesNotThrow(() => compileFilter(filter, ETHERNET), filter)
    }
  })

  it('is not what tcpdump rejects, and the errors show a place', () => {
    assert.ok(rejected.length > 100)
    for (const filter of rejected) {
      const { message } = refusal(filter)
      const [first, shown, mark] = message.split('\n')
      assert.match(first!, /^the filter is wrong: .*\.$/, filter)
      assert.equal(shown, `  ${filter}`)
      assert.match(mark!, /^ +\^+$/, filter)
    }
  })
})

describe('compileFilter: errors say where, what was found and what is needed', () => {
  const cases: ReadonlyArray<readonly [filter: string, message: string, next: string]> = [
    [
      'tcp port 80 and',
      'the filter is wrong: it ends too early; needed: a primitive such as host 10.0.0.1, port 53, tcp or ip[8] > 64.\n' +
        '  tcp port 80 and\n' +
        '                 ^',
      'man 7 pcap-filter describes the language.',
    ],
    [
      'tcp prot 80',
      "the filter is wrong: 'prot' does not fit here; needed: 'and', 'or' or the end.\n" +
        '  tcp prot 80\n' +
        '      ^^^^',
      "Did you mean 'port'?",
    ],
    [
      'net 10.0.0.1/8',
      'the filter is wrong: bits of the address lie behind the prefix.\n' + '  net 10.0.0.1/8\n' + '      ^^^^^^^^^^',
      'Write 10.0.0.0/8, or host for one address.',
    ],
    [
      'port htps',
      "the filter is wrong: no service 'htps' is known.\n" + '  port htps\n' + '       ^^^^',
      'Did you mean ftps, https?',
    ],
    [
      'ip proto tcp',
      "the filter is wrong: 'tcp' does not fit here; needed: a protocol's number or name, such as 6 or \\tcp.\n" +
        '  ip proto tcp\n' +
        '           ^^^',
      "'tcp' is a word of the language; as a name it is written \\tcp.",
    ],
    [
      'host foo.example',
      "the filter is wrong: no address of 'foo.example' is known.\n" + '  host foo.example\n' + '       ^^^^^^^^^^^',
      'Write its address: names are not asked of the network, but taken from /etc/hosts.',
    ],
    [
      '(tcp or udp',
      "the filter is wrong: what is opened here is not closed with ')'.\n" + '  (tcp or udp\n' + '  ^',
      'man 7 pcap-filter describes the language.',
    ],
    [
      'ip and arp',
      'the filter is wrong: no packet can be all of this.\n' + '  ip and arp\n' + '  ^^^^^^^^^^',
      'Between things that exclude each other belongs or: port 80 or port 443.',
    ],
    [
      'tcp and 80',
      'the filter is wrong: nothing says what this is: the primitive before it has no host, net, port or proto to take over.\n' +
        '  tcp and 80\n' +
        '          ^^',
      'Write it out: tcp and port 443.',
    ],
  ]
  for (const [filter, message, next] of cases) {
    it(filter, () => {
      const error = refusal(filter)
      assert.equal(error.message, message)
      assert.equal(error.nextSteps[0], next)
    })
  }

  it('a link that has no such thing', () => {
    assert.match(refusal('ether host 00:00:5e:00:53:01', RAW).message, /Raw IP has no MAC addresses\./)
    assert.match(refusal('vlan', RAW).message, /Raw IP has no VLAN tags\./)
    assert.match(refusal('arp', RAW).message, /no packet can be all of this\./)
  })

  it('a link that is not known: only bytes and lengths can be compared', () => {
    assert.match(refusal('tcp', 147).message, /what link type 147 carries cannot be told here\./)
    assert.doesNotThrow(() => compileFilter('link[0:2] = 0x0800 and len > 64', 147))
  })

  it('a long filter is shown in part, with the mark under the place', () => {
    const filter = `${'port 53 or '.repeat(50)}port 70000${' or port 53'.repeat(50)}`
    const [, shown, mark] = refusal(filter).message.split('\n')
    assert.equal(shown!.slice(mark!.indexOf('^'), mark!.lastIndexOf('^') + 1), '70000')
    assert.ok(shown!.length < 110)
  })
})

describe('compileFilter: bounds', () => {
  it('parentheses nested too deep are refused, not followed', () => {
    const deep = (levels: number) => `${'('.repeat(levels)}tcp${')'.repeat(levels)}`
    assert.doesNotThrow(() => compileFilter(deep(400), ETHERNET))
    assert.match(refusal(deep(100_000)).message, /nested more than 500 deep/)
    assert.match(refusal(`len > ${'('.repeat(100_000)}`).message, /nested more than 500 deep/)
    assert.match(refusal(`len > ${'-'.repeat(100_000)}1`).message, /nested more than 500 deep/)
    assert.match(refusal(`vlan ${'('.repeat(100_000)}`).message, /nested more than 500 deep/)
    assert.match(refusal(`port ${'('.repeat(100_000)}`).message, /nested more than 500 deep/)
  })

  it('sums that are too long', () => {
    assert.match(refusal(`len > 1${'+1'.repeat(50_000)}`).message, /more than 1000 operators/)
  })

  it('a text that is too long', () => {
    assert.match(refusal('tcp or '.repeat(200_000)).message, /1400000 characters, more than 1048576/)
  })

  it('many negations cancel each other', () => {
    assert.deepEqual(compileFilter(`${'not '.repeat(100_000)}tcp`, ETHERNET), compileFilter('tcp', ETHERNET))
  })

  it('thousands of hosts, with jumps that no single instruction reaches', () => {
    const hosts = Array.from({ length: 2000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`)
    const { code, ifTrue, ifFalse } = compileFilter(`src host ${hosts.join(' or ')}`, ETHERNET)
    assert.ok(code.length > 2000 && code.length < 40_000, `${code.length} instructions`)
    for (let i = 0; i < code.length; i++) {
      assert.ok(i + 1 + Math.max(ifTrue[i]!, ifFalse[i]!) <= code.length - ((code[i]! & 7) === 5 ? 1 : 0))
    }
  })

  it('conditions that take turns thousands of times', () => {
    const turns = 'or icmp and ip '.repeat(2_000)
    assert.doesNotThrow(() => compileFilter(`tcp ${turns}`, ETHERNET))
  })

  it('more arithmetic than scratch memory has words for', () => {
    const sum = (terms: number) =>
      `${Array.from({ length: terms }, (_, i) => `(ip[${i}]+`).join('')}1${')'.repeat(terms)} = 1`
    assert.doesNotThrow(() => compileFilter(sum(14), ETHERNET))
    assert.match(refusal(sum(16)).message, /more than the 16 words of memory/)
  })
})
