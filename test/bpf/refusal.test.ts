import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnvironmentError } from '../../src/lib/errors.ts'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { openBpf, readBpfObject } from '../../src/lib/kernel/bpf/loader.ts'
import { BpfRefusal, logTail, type Rights, refuseAttach, refuseLoad } from '../../src/lib/kernel/bpf/refusal.ts'
import { SystemCallError } from '../../src/lib/sys/errno.ts'
import { libc, noLibc } from '../helpers/libc.ts'

const EPERM = 1
const E2BIG = 7
const EAGAIN = 11
const EACCES = 13
const ENODEV = 19
const ENOENT = 2
const EINVAL = 22
const ENOSYS = 38
const EOPNOTSUPP = 95
const root: Rights = { capabilities: new Set(['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON']), lockdown: undefined }

const load = (errno: number, rights = root, log = '') =>
  refuseLoad('program p', new SystemCallError('BPF_PROG_LOAD', errno), log, rights)

for (const [what, refusal, clause, message, nextSteps] of [
  [
    'a user',
    load(EPERM, { capabilities: new Set(), lockdown: undefined }),
    'BPF_PROG_LOAD is not permitted (EPERM)',
    'Programs may not be put into this kernel: this user has not CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON.',
    ['Run it with sudo; in a container, with --cap-add BPF,PERFMON,NET_ADMIN.'],
  ],
  [
    'a container with the old right',
    load(EPERM, { capabilities: new Set(['CAP_SYS_ADMIN']), lockdown: 'integrity' }),
    'BPF_PROG_LOAD is not permitted (EPERM)',
    'Programs may not be put into this kernel: this user has not CAP_NET_ADMIN.',
    ['Run it with sudo; in a container, with --cap-add BPF,PERFMON,NET_ADMIN.'],
  ],
  [
    'a policy',
    load(EPERM),
    'BPF_PROG_LOAD is not permitted (EPERM)',
    "This process has the rights, and the kernel refuses the program all the same (EPERM): a policy of this kernel or of the container's runtime (seccomp, a security module) forbids it.",
    ['In a container, try the host itself, or a seccomp profile that permits bpf(2).'],
  ],
  [
    'lockdown',
    load(EPERM, { ...root, lockdown: 'confidentiality' }),
    'BPF_PROG_LOAD is not permitted (EPERM)',
    'This process has the rights, and the kernel refuses the program all the same (EPERM): kernel lockdown, which is "confidentiality", or another policy forbids it.',
    ['In a container, try the host itself, or a seccomp profile that permits bpf(2).'],
  ],
  [
    'no BPF in the kernel',
    load(ENOSYS),
    'BPF_PROG_LOAD of program p was refused (ENOSYS)',
    'This kernel has no BPF (CONFIG_BPF_SYSCALL).',
    [],
  ],
  [
    'no CO-RE in the kernel',
    load(E2BIG),
    'BPF_PROG_LOAD of program p was refused (E2BIG)',
    "This kernel is too old: it can't fit a program to its own structures, which came with 5.17.",
    [],
  ],
  [
    'the verifier',
    load(EACCES, root, '0: R1=ctx()\n1: (95) exit\nR0 !read_ok\nprocessed 2 insns (limit 1000000) max_states\n\n'),
    'BPF_PROG_LOAD of program p was refused (EACCES)',
    'This kernel does not take program p (EACCES).',
    ['Its verifier says: 0: R1=ctx()', 'Its verifier says: 1: (95) exit', 'Its verifier says: R0 !read_ok'],
  ],
  [
    'a kernel without TCX',
    refuseAttach('p', 'TCX', new SystemCallError('BPF_LINK_CREATE', EINVAL)),
    'this kernel has no TCX (BPF_LINK_CREATE: EINVAL)',
    'This kernel has no TCX, which came with 6.6 (BPF_LINK_CREATE: EINVAL).',
    [],
  ],
  [
    'a device that there is not',
    refuseAttach('p', 'TCX', new SystemCallError('BPF_LINK_CREATE', ENODEV)),
    'BPF_LINK_CREATE was refused (ENODEV)',
    'Program p may not hang at TCX: BPF_LINK_CREATE: no such device (ENODEV).',
    [],
  ],
  [
    'a kernel without fprobe',
    refuseAttach('p', 'kprobe.multi', new SystemCallError('BPF_LINK_CREATE', EOPNOTSUPP)),
    'this kernel has no kprobe.multi (BPF_LINK_CREATE: EOPNOTSUPP)',
    'This kernel has no kprobe.multi, which came with 5.18 and needs CONFIG_FPROBE (BPF_LINK_CREATE: EOPNOTSUPP).',
    [],
  ],
  [
    'a function that may not be probed',
    refuseAttach('p', 'kprobe of f', new SystemCallError('perf_event_open of a kprobe', EINVAL)),
    'perf_event_open of a kprobe was refused (EINVAL)',
    'Program p may not hang at kprobe of f: perf_event_open of a kprobe: invalid argument (EINVAL).',
    [],
  ],
  [
    'a tracepoint that there is not',
    refuseAttach('p', 'kfree_skb', new SystemCallError('BPF_RAW_TRACEPOINT_OPEN', ENOENT)),
    'BPF_RAW_TRACEPOINT_OPEN was refused (ENOENT)',
    'Program p may not hang at kfree_skb: BPF_RAW_TRACEPOINT_OPEN: no such file or directory (ENOENT).',
    [],
  ],
] as const) {
  test(`refused by ${what}: one sentence, a clause, what to do`, () => {
    assert.ok(refusal instanceof EnvironmentError)
    assert.deepEqual([refusal.clause, refusal.message, refusal.nextSteps], [clause, message, nextSteps])
  })
}

test('of a log the end is kept, without statistics', () => {
  assert.deepEqual(logTail(''), [])
  assert.deepEqual(logTail('a\nb\nc\nd\ne\nverification time 12 usec\nstack depth 8\nprocessed 3 insns\n'), [
    'b',
    'c',
    'd',
    'e',
  ])
})

test('without koffi', { skip: process.platform !== 'linux' && 'needs Linux' }, async () => {
  await assert.rejects(
    openBpf(async () => ({ libc: undefined, why: 'koffi is not installed' })),
    (error) => {
      assert.ok(error instanceof BpfRefusal)
      assert.equal(error.code, 'none')
      assert.equal(error.clause, 'koffi is not installed')
      assert.equal(error.message, "Programs can't be put into this kernel: koffi is not installed.")
      assert.deepEqual(error.nextSteps, ['Install it beside sonde: npm install -g koffi'])
      return true
    },
  )
})

test('a load that is refused half way closes what it made', { skip: noLibc }, async () => {
  const closed: number[] = []
  let calls = 0
  // Three descriptors that are none, then EINVAL.
  const fake = {
    ...libc,
    syscall: () => (++calls <= 3 ? 1000 + calls : -1),
    errno: () => EINVAL,
    close: (fd: number) => closed.push(fd),
  }
  const bpf = await openBpf(async () => ({ libc: fake }))
  const object = readBpfObject('sample')
  assert.throws(
    () => bpf.load(object),
    (error) => error instanceof BpfRefusal && error.code === 'EINVAL',
  )
  assert.deepEqual(closed.sort(), [1001, 1002, 1003])
})

test('a load that a signal interrupts is tried again', { skip: noLibc }, async () => {
  const BPF_PROG_LOAD = 5
  let interrupted = 0
  let fd = 1000
  const fake = {
    ...libc,
    syscall: (_number: number, command: number) => (command === BPF_PROG_LOAD && ++interrupted <= 3 ? -1 : ++fd),
    errno: () => EAGAIN,
    close: () => 0,
  }
  const bpf = await openBpf(async () => ({ libc: fake }))
  const loaded = bpf.load(readBpfObject('sample'), { programs: ['sample_egress'] })
  assert.equal(interrupted, 4)
  assert.equal(loaded.program('sample_egress').fd, fd)
  bpf.close()
})

test('an object that is damaged says so', () => {
  assert.throws(() => readBpfObject('no-such-program'), {
    message: 'The program no-such-program for the kernel is not installed with sonde.',
  })
  assert.throws(() => parseBpfObject('x', new Uint8Array(100)), { message: 'it is no ELF file' })
})
