// What the doctor says of facts that this machine need not have.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Finding, State } from '../../src/lib/doctor/finding.ts'
import type { KernelFacts } from '../../src/lib/doctor/kernel.ts'
import { judgeKernel } from '../../src/lib/doctor/kernel-findings.ts'
import { judgeProgram, type ProgramFacts } from '../../src/lib/doctor/program-findings.ts'
import type { Echo, ReceivingFacts } from '../../src/lib/doctor/receiving.ts'
import { judgeReceiving } from '../../src/lib/doctor/receiving-findings.ts'
import type { LiveReport } from '../../src/lib/source/source.ts'

const program: ProgramFacts = {
  nodeVersion: 'v24.21.0',
  platform: 'linux x64',
  cpus: 2,
  zstd: true,
  terminal: { isTTY: true, columns: 120, colourLevel: 2, locale: 'de_DE.UTF-8' },
}

const live: LiveReport = {
  receiver: 'recvmmsg',
  why: 'koffi is there',
  bound: ['udp://127.0.0.1:1'],
  notices: [],
  bufferAsked: 8 << 20,
  bufferGranted: 8 << 20,
  kernelDropped: 0,
  queueDropped: 0,
  refused: 0,
  refusedSenders: [],
}
const echo: Echo = { live, arrived: 4, kernelTimes: true }
const receiving: ReceivingFacts = {
  withoutLibc: undefined,
  echo,
  rmemMax: 8 << 20,
  both: { v4: 4, v6: 4 },
  sharedPort: true,
  privilegedPort: undefined,
}

const kernel: KernelFacts = {
  platform: 'linux',
  release: '6.8.0-45-generic',
  capabilities: new Set(['CAP_NET_RAW', 'CAP_NET_ADMIN', 'CAP_BPF', 'CAP_PERFMON']),
  btf: undefined,
  bpf: { load: 'ok', tcx: 'ok', typedTracepoint: 'ok', rawTracepoint: 'ok' },
  functionsHidden: false,
}

function find(findings: readonly Finding[], what: string): Finding {
  const found = findings.find((one) => one.what === what)
  assert.ok(found, what)
  return found
}

test('a machine that permits all', () => {
  const findings = [...judgeProgram(program), ...judgeReceiving(receiving), ...judgeKernel(kernel)]
  assert.deepEqual(
    findings.map(({ what, state, advice }) => [what, state, advice.length]),
    [
      ['Node.js', 'ok', 0],
      ['zstd', 'ok', 0],
      ['processors', 'ok', 0],
      ['terminal', 'ok', 0],
      ['koffi', 'ok', 0],
      ['receiver', 'ok', 0],
      ['receive buffer', 'ok', 0],
      ['arrival times', 'ok', 0],
      ['drops of the kernel', 'ok', 0],
      ['IPv6 and IPv4', 'ok', 0],
      ['ports below 1024', 'ok', 0],
      ['shared port', 'ok', 0],
      ['capabilities', 'ok', 0],
      ['BTF', 'ok', 0],
      ['BPF', 'ok', 0],
      ['TCX', 'ok', 0],
      ['tracepoints', 'ok', 0],
      ['kernel functions', 'ok', 0],
    ],
  )
  assert.equal(find(findings, 'terminal').found, '120 columns, 256 colours, UTF-8')
})

type Row = readonly [name: string, what: string, State, found: string, advice: readonly string[]]

function check(findings: readonly Finding[], [, what, state, found, advice]: Row): void {
  const one = find(findings, what)
  assert.deepEqual([one.state, one.found, one.advice], [state, found, advice])
}

describe('the program', () => {
  const rows: readonly (readonly [Partial<ProgramFacts>, Row])[] = [
    [
      { zstd: false },
      [
        'Node.js 22.12',
        'zstd',
        'limited',
        'not in this Node',
        ['Use Node.js 22.15 or newer, or unpack first: zstd -dc FILE | sonde decode -'],
      ],
    ],
    [
      { cpus: 1 },
      ['one processor', 'processors', 'limited', '1', ['Give it a second processor, or see the receive buffer.']],
    ],
    [
      { terminal: { isTTY: false, columns: 80, colourLevel: 0, locale: '' } },
      ['a pipe', 'terminal', 'ok', 'none: output goes into a file or pipe', []],
    ],
    [
      { terminal: { isTTY: true, columns: 80, colourLevel: 0, locale: '' } },
      ['no locale', 'terminal', 'limited', '80 columns, no colour, not UTF-8 (no locale)', ['export LANG=C.UTF-8']],
    ],
    [
      { terminal: { isTTY: true, columns: 79, colourLevel: 3, locale: 'C.utf8' } },
      ['narrow', 'terminal', 'limited', '79 columns, all colours, UTF-8', ['Make it wider.']],
    ],
  ]
  for (const [facts, row] of rows) test(row[0], () => check(judgeProgram({ ...program, ...facts }), row))
})

describe('receiving', () => {
  const rows: readonly (readonly [Partial<ReceivingFacts>, Row])[] = [
    [
      { echo: { failure: 'Nothing may be opened.' } },
      [
        'no socket at all',
        'receiver',
        'no',
        'Nothing may be opened.',
        ['Is loopback up? ip link show lo; is it filtered? sudo nft list ruleset'],
      ],
    ],
    [
      { echo: { ...echo, arrived: 0 } },
      [
        'loopback is filtered',
        'receiver',
        'no',
        '0 of 4 datagrams came back over loopback',
        ['Is loopback up? ip link show lo; is it filtered? sudo nft list ruleset'],
      ],
    ],
    [
      { withoutLibc: 'koffi is not installed' },
      ['no koffi', 'koffi', 'limited', 'koffi is not installed', ['Install it beside sonde: npm install -g koffi']],
    ],
    [
      {
        withoutLibc: 'darwin has no recvmmsg',
        echo: { ...echo, live: { ...live, receiver: 'dgram', why: 'darwin has no recvmmsg' } },
      },
      [
        'another system',
        'receiver',
        'limited',
        'dgram: 4 of 4 datagrams came back over loopback; darwin has no recvmmsg',
        [],
      ],
    ],
    [
      { rmemMax: 212_992, echo: { ...echo, live: { ...live, bufferGranted: 212_992 } } },
      [
        'the buffer of a fresh Linux',
        'receive buffer',
        'limited',
        '0.20 MiB of 8 MiB granted, net.core.rmem_max 0.20 MiB',
        [
          'sudo sysctl -w net.core.rmem_max=8388608',
          'For good: echo net.core.rmem_max=8388608 | sudo tee /etc/sysctl.d/90-sonde.conf',
        ],
      ],
    ],
    [
      { rmemMax: 4 << 20 },
      ['as root beyond the limit', 'receive buffer', 'ok', '8 MiB of 8 MiB granted, net.core.rmem_max 4 MiB', []],
    ],
    [
      { echo: { ...echo, kernelTimes: false } },
      ['no times of the kernel', 'arrival times', 'limited', "the clock's", []],
    ],
    [
      { echo: { ...echo, live: { ...live, kernelDropped: undefined } } },
      ['no count of drops', 'drops of the kernel', 'limited', 'not told by this system', []],
    ],
    [
      { both: { v4: 4, v6: 0 } },
      [
        'no IPv6',
        'IPv6 and IPv4',
        'limited',
        'one socket at [::] heard 4 of 4 over IPv4, 0 of 4 over IPv6',
        ['sudo sysctl -w net.ipv6.conf.all.disable_ipv6=0'],
      ],
    ],
    [
      { both: { v4: 0, v6: 4 } },
      [
        'IPv4 is kept out',
        'IPv6 and IPv4',
        'limited',
        'one socket at [::] heard 0 of 4 over IPv4, 4 of 4 over IPv6',
        ['Give both: -i udp://[::]:6343 -i udp://0.0.0.0:6343'],
      ],
    ],
    [
      { privilegedPort: 'EACCES' },
      [
        'a user',
        'ports below 1024',
        'limited',
        'refused (EACCES)',
        [
          'Listen above 1023, or permit to all users the ports from yours on, such as 514:',
          'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=514',
        ],
      ],
    ],
    [
      { sharedPort: { failure: 'UDP port 5 is in use.' } },
      ['no SO_REUSEPORT', 'shared port', 'limited', 'UDP port 5 is in use.', []],
    ],
  ]
  for (const [facts, row] of rows) test(row[0], () => check(judgeReceiving({ ...receiving, ...facts }), row))

  test('the room of the buffer in datagrams', () => {
    const granted = (bytes: number) =>
      judgeReceiving({ ...receiving, echo: { ...echo, live: { ...live, bufferGranted: bytes } } })
    const means = (bytes: number) => find(granted(bytes), 'receive buffer').means
    assert.equal(means(8 << 20), 'Room for 7,281 datagrams of 1,400 bytes while sonde is busy elsewhere.')
    assert.equal(means(212_992), 'Room for 184 datagrams of 1,400 bytes while sonde is busy elsewhere.')
  })
})

describe('the kernel', () => {
  const withSudo = ['Run those commands with sudo; in a container, with --cap-add BPF,PERFMON,NET_ADMIN,NET_RAW.']
  const policy = ['The rights are there: kernel lockdown, seccomp of a container or a security module forbids it.']
  const bpf = kernel.bpf!
  const rows: readonly (readonly [Partial<KernelFacts>, Row])[] = [
    [{ platform: 'darwin', release: '25.1.0' }, ['not Linux', 'kernel', 'limited', 'darwin 25.1.0', []]],
    [
      { capabilities: new Set(['CAP_NET_ADMIN']) },
      ['a user', 'capabilities', 'limited', 'without CAP_NET_RAW, CAP_BPF, CAP_PERFMON', withSudo],
    ],
    [
      { capabilities: new Set(['CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_SYS_ADMIN']) },
      ['before 5.8', 'capabilities', 'ok', 'CAP_NET_RAW, CAP_NET_ADMIN, CAP_BPF, CAP_PERFMON', []],
    ],
    [{ capabilities: undefined }, ['no /proc', 'capabilities', 'limited', 'not told by this system', []]],
    [
      { btf: 'ENOENT' },
      [
        'no BTF',
        'BTF',
        'limited',
        "/sys/kernel/btf/vmlinux can't be read (ENOENT)",
        ['A kernel built with CONFIG_DEBUG_INFO_BTF has it.'],
      ],
    ],
    [
      { btf: 'EACCES' },
      ['BTF is hidden', 'BTF', 'limited', "/sys/kernel/btf/vmlinux can't be read (EACCES)", withSudo],
    ],
    [
      { bpf: { ...bpf, load: 'EPERM', tcx: 'EPERM' } },
      ['BPF is not permitted', 'BPF', 'limited', 'loading a program was refused (EPERM)', policy],
    ],
    [
      { bpf: { ...bpf, load: 'ENOSYS', tcx: 'ENOSYS' } },
      [
        'no BPF',
        'BPF',
        'limited',
        'loading a program failed (ENOSYS)',
        ['A kernel built with CONFIG_BPF_SYSCALL has it.'],
      ],
    ],
    [
      { bpf: { ...bpf, load: 'EPERM', tcx: 'EPERM' } },
      [
        'TCX is not tried',
        'TCX',
        'limited',
        'not tried (EPERM); this is 6.8.0-45-generic, and it came with 6.6',
        ['Ask again with sudo: sudo sonde doctor'],
      ],
    ],
    [
      { release: '5.15.0', bpf: { ...bpf, load: 'ok', tcx: 'EINVAL' } },
      ['before TCX', 'TCX', 'limited', 'not in 5.15.0 (EINVAL); it came with 6.6', []],
    ],
    [
      { bpf: { ...bpf, typedTracepoint: 'none' } },
      ['no types', 'tracepoints', 'ok', 'a program for kfree_skb was loaded and let go (raw_tp; tp_btf: none)', []],
    ],
    [
      { bpf: { ...bpf, typedTracepoint: 'EPERM', rawTracepoint: 'EPERM' } },
      [
        'tracepoints are not permitted',
        'tracepoints',
        'limited',
        'programs for kfree_skb were refused (tp_btf: EPERM, raw_tp: EPERM)',
        policy,
      ],
    ],
    [
      { bpf: { ...bpf, load: 'EPERM' }, capabilities: new Set() },
      ['BPF without rights', 'BPF', 'limited', 'loading a program was refused (EPERM)', ['See capabilities.']],
    ],
    [
      { bpf: { ...bpf, typedTracepoint: 'EINVAL', rawTracepoint: 'EINVAL' } },
      [
        'no tracepoints',
        'tracepoints',
        'limited',
        'programs for kfree_skb were refused (tp_btf: EINVAL, raw_tp: EINVAL)',
        [],
      ],
    ],
    [
      { functionsHidden: true },
      [
        'functions are hidden',
        'kernel functions',
        'limited',
        '/proc/kallsyms hides the addresses',
        ['Run it with sudo; root is hidden from, too, where this is 2: sysctl kernel.kptr_restrict'],
      ],
    ],
    [{ bpf: undefined }, ['no koffi', 'BPF', 'limited', 'not tried: that needs koffi', []]],
  ]
  for (const [facts, row] of rows) test(row[0], () => check(judgeKernel({ ...kernel, ...facts }), row))

  test('a refusal by an older kernel says that it has no TCX', () => {
    const means = (release: string) =>
      find(judgeKernel({ ...kernel, release, bpf: { ...bpf, load: 'EPERM', tcx: 'EPERM' } }), 'TCX').means
    for (const release of ['6.5.13', '5.15.0-91-generic', '4.18.0'])
      assert.match(means(release), /^Not in this kernel\./)
    for (const release of ['6.6.0-rc1', '6.18.44', '7.0']) assert.match(means(release), /^Samplers hang at a device/)
  })
})
