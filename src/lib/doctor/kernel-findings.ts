// Owns what is said of the kernel: what capturing and tracing on this machine itself need. No command does that yet, so what is
// missing is `unused`. Finds nothing out itself. See doctor.ts for the folder.

import type { Finding } from './finding.ts'
import type { KernelFacts } from './kernel.ts'

/** TCX came with 6.6. */
const TCX_SINCE = [6, 6] as const
const notNeeded = 'No command needs it yet.'

export function judgeKernel(facts: KernelFacts): Finding[] {
  if (facts.platform !== 'linux') {
    return [
      {
        what: 'kernel',
        state: 'unused',
        found: `${facts.platform} ${facts.release}`,
        means: `Sampling and tracing packets of this machine need Linux. ${notNeeded}`,
        advice: [],
      },
    ]
  }
  return [rights(facts), btf(facts), bpf(facts), tcx(facts)]
}

const wanted = ['CAP_NET_RAW', 'CAP_NET_ADMIN', 'CAP_BPF', 'CAP_PERFMON'] as const

function rights({ capabilities }: KernelFacts): Finding {
  const what = 'capabilities'
  if (capabilities === undefined) {
    return { what, state: 'unused', found: 'not told by this system', means: notNeeded, advice: [] }
  }
  // Before 5.8 CAP_SYS_ADMIN stood for CAP_BPF and CAP_PERFMON, and it still does.
  const implied = (name: string) => (name === 'CAP_BPF' || name === 'CAP_PERFMON') && capabilities.has('CAP_SYS_ADMIN')
  const missing = wanted.filter((name) => !capabilities.has(name) && !implied(name))
  if (missing.length === 0) {
    return {
      what,
      state: 'ok',
      found: wanted.join(', '),
      means: 'Packets of this machine may be captured and traced.',
      advice: [],
    }
  }
  return {
    what,
    state: 'unused',
    found: `without ${missing.join(', ')}`,
    means: `Packets of this machine may not be captured (CAP_NET_RAW) or traced (the others). ${notNeeded}`,
    advice: ['Commands that need it will have to run with sudo.'],
  }
}

function btf({ btf: refused, release }: KernelFacts): Finding {
  const what = 'BTF'
  if (refused === undefined) {
    return {
      what,
      state: 'ok',
      found: `/sys/kernel/btf/vmlinux of ${release}`,
      means: 'Tracing finds its way in the structures of this kernel.',
      advice: [],
    }
  }
  return {
    what,
    state: 'unused',
    found: `/sys/kernel/btf/vmlinux can't be read (${refused})`,
    means: `Drops and packets of this kernel can't be traced. ${notNeeded}`,
    advice: [
      refused === 'ENOENT'
        ? 'A kernel built with CONFIG_DEBUG_INFO_BTF has it.'
        : 'Commands that need it will have to run with sudo.',
    ],
  }
}

function bpf({ bpf: probe }: KernelFacts): Finding {
  const what = 'BPF'
  if (probe === undefined) return notTried(what)
  switch (probe.load) {
    case 'ok':
      return {
        what,
        state: 'ok',
        found: 'a program of two instructions was loaded and let go',
        means: 'Packets of this machine may be looked at in the kernel.',
        advice: [],
      }
    case 'EPERM':
    case 'EACCES':
      return {
        what,
        state: 'unused',
        found: `loading a program was refused (${probe.load})`,
        means: `This user may not look at packets in the kernel. ${notNeeded}`,
        advice: [
          'Commands that need it will have to run with sudo; in a container, with --cap-add BPF,PERFMON,NET_ADMIN.',
        ],
      }
    default:
      return {
        what,
        state: 'unused',
        found: `loading a program failed (${probe.load})`,
        means: `Packets can't be looked at in this kernel. ${notNeeded}`,
        advice: ['A kernel built with CONFIG_BPF_SYSCALL has it.'],
      }
  }
}

function tcx({ bpf: probe, release }: KernelFacts): Finding {
  const what = 'TCX'
  if (probe === undefined) return notTried(what)
  const means = 'Samplers hang at a device beside those of others, and go with their process.'
  switch (probe.tcx) {
    case 'ok':
      return { what, state: 'ok', found: 'answers at loopback', means, advice: [] }
    case 'EPERM':
    case 'EACCES': {
      const old = isOlder(release, TCX_SINCE)
      return {
        what,
        state: 'unused',
        found: `not tried (${probe.tcx}); this is ${release}, and it came with ${TCX_SINCE.join('.')}`,
        means: old ? `Not in this kernel. ${notNeeded}` : means,
        advice: ['Ask again with sudo: sudo sonde doctor'],
      }
    }
    default:
      return {
        what,
        state: 'unused',
        found: `not in ${release} (${probe.tcx}); it came with ${TCX_SINCE.join('.')}`,
        means: `Samplers take the older hook of tc, one of which a device has. ${notNeeded}`,
        advice: [],
      }
  }
}

function notTried(what: string): Finding {
  return {
    what,
    state: 'unused',
    found: 'not tried: that needs koffi',
    means: `See koffi. ${notNeeded}`,
    advice: [],
  }
}

function isOlder(release: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = release.split('.').map(Number.parseFloat)
  return a < major || (a === major && b < minor)
}
