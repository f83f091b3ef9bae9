import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parseHsflowdConfig } from '../../src/lib/sample/config.ts'

test('the keys of an agent that samples', () => {
  const config = parseHsflowdConfig(
    `# hsflowd configuration
sflow {
  agent = eth0        # behind it a comment
  agent.cidr = 10.0.0.0/8
  subAgentId = 7
  polling = 20
  sampling = 400
  sampling.1G = 1000
  sampling.10G = 10000
  sampling.bps_ratio = 500000
  headerBytes = 200
  datagramBytes = 8192
  collector { ip = 10.0.0.9 }
  collector {
    ip = 2001:db8::9
    udpport = 9343
  }
  pcap { dev = eth0 promisc = on }
  pcap { speed = 1G-40G sampling = 50 }
  epcap { dev = "veth*" }
  dropmon { start = on limit = 50 }
}
`,
    'hsflowd.conf',
  )
  assert.deepEqual(config, {
    collectors: [
      { host: '10.0.0.9', port: 6343 },
      { host: '2001:db8::9', port: 9343 },
    ],
    taps: [
      { device: 'eth0', speeds: undefined, rate: undefined, line: 18 },
      { device: undefined, speeds: { least: 1e9, most: 40e9 }, rate: 50, line: 19 },
      { device: 'veth*', speeds: undefined, rate: undefined, line: 20 },
    ],
    rates: {
      always: 400,
      bySpeed: new Map([
        [1e9, 1000],
        [10e9, 10_000],
      ]),
      bitsPerSample: 500_000,
    },
    pollingMs: 20_000,
    agent: 'eth0',
    agentCidr: '10.0.0.0/8',
    subAgent: 7,
    headerBytes: 200,
    datagramBytes: 8192,
    drops: { limit: 50 },
    remarks: [],
  })
})

test('an empty block says nothing', () => {
  const config = parseHsflowdConfig('sflow { }', 'x')
  assert.deepEqual(
    [config.collectors, config.taps, config.pollingMs, config.drops, config.rates.always, config.agent],
    [[], [], undefined, undefined, undefined, undefined],
  )
})

test('what has no meaning here is named with its line', () => {
  const { remarks, taps } = parseHsflowdConfig(
    'sflow {\n DNS-SD { domain = .example }\n docker { }\n samplign = 10\n collector { ip = 10.0.0.9 dev = eth1 }\n pcap { dev = eth0 vport = on cpu = 3 }\n}\n',
    'h.conf',
  )
  assert.deepEqual(remarks, [
    'h.conf:4: samplign has no meaning here.',
    'h.conf:2: DNS-SD has no meaning here: collectors are not looked up by DNS-SD: name them in collector blocks.',
    'h.conf:3: docker has no meaning here.',
    'h.conf:5: collector dev has no meaning here.',
    'h.conf:6: pcap cpu has no meaning here.',
  ])
  assert.equal(taps.length, 1)
})

for (const { name, text, drops } of [
  { name: 'is on where it does not say otherwise', text: 'dropmon { }', drops: { limit: undefined } },
  { name: 'is off with start=off', text: 'dropmon { start = off limit = 5 }', drops: undefined },
  {
    name: 'is off with sw=off: drops of hardware are not heard here',
    text: 'dropmon { start=on sw=off }',
    drops: undefined,
  },
]) {
  test(`dropmon ${name}`, () => {
    assert.deepEqual(parseHsflowdConfig(`sflow { ${text} }`, 'x').drops, drops)
  })
}

for (const { name, text, speeds } of [
  { name: 'a speed alone', text: '10G', speeds: { least: 10e9, most: 10e9 } },
  { name: 'from a speed on', text: '1G-', speeds: { least: 1e9, most: Number.POSITIVE_INFINITY } },
  { name: 'up to a speed', text: '-100M', speeds: { least: 0, most: 100e6 } },
]) {
  test(`speed of a pcap block: ${name}`, () => {
    assert.deepEqual(parseHsflowdConfig(`sflow { pcap { speed = ${text} } }`, 'x').taps[0]!.speeds, speeds)
  })
}

for (const { name, text, message } of [
  { name: 'no block sflow', text: 'collector { ip = 1.2.3.4 }', message: 'x has no block sflow { ... }.' },
  {
    name: 'a block that is not closed',
    text: 'sflow {\n collector {\n ip = 10.0.0.9\n',
    message: 'x:2: the block "collector" has no closing brace.',
  },
  { name: 'a brace too many', text: 'sflow { }\n}\n', message: 'x:2: one closing brace too many.' },
  { name: 'a key without a value', text: 'sflow {\n polling =\n}', message: 'x:2: "polling" has no value.' },
  {
    name: 'a word alone',
    text: 'sflow {\n polling\n sampling = 3\n}',
    message: 'x:2: "polling" needs = and a value, or { and a block.',
  },
  { name: 'a value without a key', text: 'sflow {\n = 3\n}', message: 'x:2: "=" without a name before it.' },
  {
    name: 'a value that is no number',
    text: 'sflow {\n polling = often\n}',
    message: 'x:2: polling is "often", needed a whole number from 0 to 4294967295.',
  },
  {
    name: 'too many header bytes',
    text: 'sflow { headerBytes = 9000 }',
    message: 'x:1: headerBytes is "9000", needed a whole number from 14 to 256.',
  },
  {
    name: 'a speed that is none',
    text: 'sflow { pcap { speed = fast } }',
    message: 'x:1: speed is "fast", needed a speed such as 100M or 10G.',
  },
  {
    name: 'a collector without an address',
    text: 'sflow {\n collector { udpport = 6343 }\n}',
    message: 'x:2: the collector has no ip.',
  },
  { name: 'blocks without end', text: 'a {'.repeat(50), message: 'x:1: blocks in blocks, too deep.' },
]) {
  test(`refused: ${name}`, () => {
    assert.throws(() => parseHsflowdConfig(text, 'x'), { name: InputError.name, message })
  })
}

test('a quoted brace is a value', () => {
  const { agent } = parseHsflowdConfig('sflow { agent = "}" }', 'x')
  assert.equal(agent, '}')
})
