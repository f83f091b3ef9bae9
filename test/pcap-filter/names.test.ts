import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { compileFilter } from '../../src/lib/pcap-filter/compile.ts'
import { filterNames } from '../../src/lib/pcap-filter/names.ts'

describe('filterNames', () => {
  it('has built-in services and protocols', () => {
    const names = filterNames()
    assert.deepEqual(names.service('https'), { tcp: 443, udp: 443 })
    assert.deepEqual(names.service('ssh'), { tcp: 22 })
    assert.deepEqual(names.service('ntp'), { udp: 123 })
    assert.deepEqual(names.service('www'), { tcp: 80 })
    assert.equal(names.service('HTTPS'), undefined)
    assert.equal(names.service('constructor'), undefined)
    assert.equal(names.protocol('ospf'), 89)
    assert.equal(names.protocol('TCP'), 6)
    assert.equal(names.protocol('none such'), undefined)
    assert.equal(names.host('localhost'), undefined)
  })

  it("reads the machine's files, and has the built-in names where they lack them", () => {
    const names = filterNames({
      services:
        '# a comment\nours 7000/tcp alias # more\nours\t7001/udp\nhttp 8080/tcp\nwrong 99999/tcp\nodd 7/ddp\nno-port\n\n',
      protocols: 'ours 200 OURS\n',
      hosts: '127.0.0.1 localhost\n::1 localhost ip6-localhost\n192.0.2.1 Router.Example router\n',
      networks: 'loopback 127.0.0.0\nlab 10.1\n',
      ethers: '00:00:5e:00:53:01 router\n',
    })
    assert.deepEqual(names.service('ours'), { tcp: 7000, udp: 7001 })
    assert.deepEqual(names.service('alias'), { tcp: 7000 })
    assert.deepEqual(names.service('http'), { tcp: 8080 })
    assert.deepEqual(names.service('ssh'), { tcp: 22 })
    assert.equal(names.service('wrong'), undefined)
    assert.equal(names.service('odd'), undefined)
    assert.equal(names.protocol('OURS'), 200)
    assert.equal(names.protocol('udp'), 17)
    assert.deepEqual(names.host('localhost'), ['127.0.0.1', '::1'])
    assert.deepEqual(names.host('router.example'), ['192.0.2.1'])
    assert.equal(names.network('lab'), '10.1')
    assert.equal(names.ether('router'), '00:00:5e:00:53:01')
  })

  it('names in filters mean what they stand for', () => {
    const names = filterNames({
      services: 'ours 7000/tcp\n',
      hosts: '192.0.2.1 router\n2001:db8::1 router\n',
      networks: 'lab 10.1\n',
      ethers: '00:00:5e:00:53:01 router\n',
    })
    const same: ReadonlyArray<readonly [named: string, written: string]> = [
      ['port ours', 'tcp port 7000'],
      ['udp port domain', 'udp port 53'],
      ['portrange ssh-http', 'tcp portrange 22-80'],
      ['portrange domain-80', 'portrange 53-80'],
      ['host router', 'host 192.0.2.1 or host 2001:db8::1'],
      ['ip6 host router', 'ip6 host 2001:db8::1'],
      ['net lab', 'net 10.1'],
      ['ether host router', 'ether host 00:00:5e:00:53:01'],
      ['ip proto ospf', 'ip proto 89'],
    ]
    for (const [named, written] of same) {
      assert.deepEqual(compileFilter(named, 1, names), compileFilter(written, 1), named)
    }
    assert.throws(
      () => compileFilter('udp port ours', 1, names),
      (error) => {
        assert.ok(error instanceof InputError)
        assert.match(error.message, /service 'ours' is one of tcp\./)
        return true
      },
    )
  })
})
