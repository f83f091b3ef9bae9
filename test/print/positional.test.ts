// Which words of a command line are files or interfaces, and where a filter begins.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { splitFiles, splitInterfaces } from '../../src/lib/print/positional.ts'

const there = new Set(['a.pcap', 'b.pcap', 'port', 'dir/c.pcap', '10.0.0.1'])
const isThere = (name: string): boolean => there.has(name)

describe('files and a filter', () => {
  const rows: readonly (readonly [words: string, inputs: string, text: string | undefined])[] = [
    ['', '', undefined],
    ['a.pcap', 'a.pcap', undefined],
    ['a.pcap b.pcap', 'a.pcap b.pcap', undefined],
    ['-', '-', undefined],
    ['a.pcap tcp port 443', 'a.pcap', 'tcp port 443'],
    ['- udp', '-', 'udp'],
    ['a.pcap - dir/c.pcap ip6', 'a.pcap - dir/c.pcap', 'ip6'],
    ['udp', '', 'udp'],
    // What is written as a path is one, there or not.
    ['./none.pcap a.pcap udp', './none.pcap a.pcap', 'udp'],
    ['/none.pcap', '/none.pcap', undefined],
    ['../none.pcap', '../none.pcap', undefined],
    ['dir/none.pcap', 'dir/none.pcap', undefined],
    ['kernel:', 'kernel:', undefined],
    // A network is no path.
    ['a.pcap 10.0.0.0/8', 'a.pcap', '10.0.0.0/8'],
    ['a.pcap net 10/8', 'a.pcap', 'net 10/8'],
    // A file wins where no filter begins with its name.
    ['10.0.0.1', '10.0.0.1', undefined],
    // Behind the beginning everything is the filter's.
    ['a.pcap udp b.pcap', 'a.pcap', 'udp b.pcap'],
    ['a.pcap ip[2:2] - 20 > 5', 'a.pcap', 'ip[2:2] - 20 > 5'],
    ['a.pcap host 10.0.0.1 and port 53', 'a.pcap', 'host 10.0.0.1 and port 53'],
  ]
  for (const [words, inputs, text] of rows) {
    test(`'${words}'`, () => {
      const found = splitFiles(words.split(' ').filter(Boolean), isThere)
      assert.equal(found.inputs.join(' '), inputs)
      assert.equal(found.packets?.text, text)
    })
  }

  test('an empty filter is none', () => {
    assert.deepEqual(splitFiles(['a.pcap', ''], isThere), { inputs: ['a.pcap'], packets: undefined })
    assert.deepEqual(splitInterfaces(['eth0', ' '], isThere), { inputs: ['eth0'], packets: undefined })
  })

  test('a filter in quotes is one word', () => {
    const found = splitFiles(['a.pcap', 'udp and (port 53 or port 853)'], isThere)
    assert.deepEqual(found, {
      inputs: ['a.pcap'],
      packets: { text: 'udp and (port 53 or port 853)', perhapsFile: undefined, lateFile: undefined },
    })
  })

  test('a first word that may have been meant as a file, and a file behind the filter', () => {
    const packets = (...words: string[]) => splitFiles(words, isThere).packets
    assert.deepEqual(packets('c.pcap'), { text: 'c.pcap', perhapsFile: 'c.pcap', lateFile: undefined })
    assert.deepEqual(packets('tpc', 'port', '4'), { text: 'tpc port 4', perhapsFile: 'tpc', lateFile: undefined })
    assert.deepEqual(packets('tcp', 'a.pcap'), { text: 'tcp a.pcap', perhapsFile: undefined, lateFile: 'a.pcap' })
    assert.equal(packets('host', '10.0.0.1')?.lateFile, undefined)
  })

  test('a file called as a word of filters is neither taken for one nor for the other', () => {
    for (const words of [
      ['port', '443'],
      ['a.pcap', 'port', '443'],
    ]) {
      assert.throws(
        () => splitFiles(words, isThere),
        (error) =>
          error instanceof InputError &&
          error.message === "'port' is a file here, and a word that begins filters: either could be meant." &&
          error.nextSteps.join('\n') === "The file: ./port\nThe filter: '(port ...)', in parentheses.",
      )
    }
    assert.deepEqual(splitFiles(['./port', '(port 443)'], isThere), {
      inputs: ['./port'],
      packets: { text: '(port 443)', perhapsFile: undefined, lateFile: undefined },
    })
    // Behind the beginning it is a word of the filter.
    assert.equal(splitFiles(['tcp', 'port', '443'], isThere).packets?.text, 'tcp port 443')
  })
})

describe('interfaces and a filter', () => {
  const rows: readonly (readonly [words: string, inputs: string, text: string | undefined])[] = [
    ['', '', undefined],
    ['eth0', 'eth0', undefined],
    ['eth0 eth1 tcp', 'eth0 eth1', 'tcp'],
    ['eth0 port https', 'eth0', 'port https'],
    ['eth* !eth3 host 10.0.0.7', 'eth* !eth3', 'host 10.0.0.7'],
    ['!lo', '!lo', undefined],
    ['!lo !tcp', '!lo', '!tcp'],
    ['eth0 ! tcp', 'eth0', '! tcp'],
    ['eth0 not arp', 'eth0', 'not arp'],
    ['eth0 (tcp)', 'eth0', '(tcp)'],
    ['eth[0-3] udp', 'eth[0-3]', 'udp'],
    ['vlan10 vlan.7 vlan*', 'vlan10 vlan.7 vlan*', undefined],
    ['vlan[0-9] vlan 7', 'vlan[0-9]', 'vlan 7'],
    ['ip6tnl0 gre0 ip6*', 'ip6tnl0 gre0 ip6*', undefined],
    ['eth0 ip[8] < 5', 'eth0', 'ip[8] < 5'],
    ['eth0 tcp[tcpflags] & tcp-syn != 0', 'eth0', 'tcp[tcpflags] & tcp-syn != 0'],
    ['eth0 10.0.0.1', 'eth0', '10.0.0.1'],
    ['eth0 2001:db8::/32', 'eth0', '2001:db8::/32'],
    ['eth0 02:00:00:00:00:01', 'eth0', '02:00:00:00:00:01'],
    ['[p]ort port 5', '[p]ort', 'port 5'],
    // One that comes later.
    ['none0', 'none0', undefined],
  ]
  for (const [words, inputs, text] of rows) {
    test(`'${words}'`, () => {
      const found = splitInterfaces(words.split(' ').filter(Boolean), () => false)
      assert.equal(found.inputs.join(' '), inputs)
      assert.equal(found.packets?.text, text)
    })
  }

  test('an interface called as a word of filters is neither taken for one nor for the other', () => {
    assert.throws(
      () => splitInterfaces(['port', '443'], isThere),
      (error) =>
        error instanceof InputError &&
        error.message === "'port' is an interface here, and a word that begins filters: either could be meant." &&
        error.nextSteps.join('\n') ===
          "The interface: '[p]ort', as a pattern.\nThe filter: '(port ...)', in parentheses.",
    )
  })
})
