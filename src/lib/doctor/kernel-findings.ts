// Owns what is said of the kernel: what `sample`, `drops --input kernel:` and `lab` need of this machine itself. Whoever only
// collects needs none of it, so that nothing here is `no`. Finds nothing out itself. See doctor.ts for the folder.

import type { BpfAnswer } from '../kernel/bpf/probe.ts'
import type { Finding } from './finding.ts'
import type { KernelFacts } from './kernel.ts'

/** TCX came with 6.6. */
const TCX_SINCE = [6, 6] as const
const withSudo = 'Run those commands with sudo; in a container, with --cap-add BPF,PERFMON,NET_ADMIN,NET_RAW.'

export function judgeKernel(facts: KernelFacts): Finding[] {
  if (facts.platform !== 'linux') {
    return [
      {
        what: 'kernel',
        state: 'limited',
        found: `${facts.platform} ${facts.release}`,
        means: 'sonde sample, sonde lab and drops --input kernel: need Linux; all others work.',
        advice: [],
      },
    ]
  }
  return [rights(facts), btf(facts), bpf(facts), tcx(facts), tracepoints(facts), functions(facts)]
}

const wanted = ['CAP_NET_RAW', 'CAP_NET_ADMIN', 'CAP_BPF', 'CAP_PERFMON'] as const

/** Wanted rights that this process has not; undefined where the system does not tell. */
function missingRights({ capabilities }: KernelFacts): readonly string[] | undefined {
  if (capabilities === undefined) return undefined
  // Before 5.8 CAP_SYS_ADMIN stood for CAP_BPF and CAP_PERFMON, and it still does.
  const implied = (name: string) => (name === 'CAP_BPF' || name === 'CAP_PERFMON') && capabilities.has('CAP_SYS_ADMIN')
  return wanted.filter((name) => !capabilities.has(name) && !implied(name))
}

/** What to do against EPERM: the advice stands once, at the rights; who has them all meets something else. */
function againstRefusal(facts: KernelFacts): readonly string[] {
  return missingRights(facts)?.length === 0
    ? ['The rights are there: kernel lockdown, seccomp of a container or a security module forbids it.']
    : ['See capabilities.']
}

function rights(facts: KernelFacts): Finding {
  const what = 'capabilities'
  const missing = missingRights(facts)
  if (missing === undefined) {
    return {
      what,
      state: 'limited',
      found: 'not told by this system',
      means: "Whether this host's own packets may be sampled is seen by trying.",
      advice: [],
    }
  }
  if (missing.length === 0) {
    return {
      what,
      state: 'ok',
      found: wanted.join(', '),
      means: "This host's own packets may be sampled, and its drops watched.",
      advice: [],
    }
  }
  return {
    what,
    state: 'limited',
    found: `without ${missing.join(', ')}`,
    means: "This host's own packets may not be sampled, nor its drops watched.",
    advice: [withSudo],
  }
}

function btf({ btf: refused, release }: KernelFacts): Finding {
  const what = 'BTF'
  if (refused === undefined) {
    return {
      what,
      state: 'ok',
      found: `/sys/kernel/btf/vmlinux of ${release}`,
      means: 'Programs find their way in the structures of this kernel.',
      advice: [],
    }
  }
  return {
    what,
    state: 'limited',
    found: `/sys/kernel/btf/vmlinux can't be read (${refused})`,
    means: 'sonde drops --input kernel: does not work here.',
    advice: [refused === 'ENOENT' ? 'A kernel built with CONFIG_DEBUG_INFO_BTF has it.' : withSudo],
  }
}

function bpf(facts: KernelFacts): Finding {
  const { bpf: probe } = facts
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
        state: 'limited',
        found: `loading a program was refused (${probe.load})`,
        means: 'This user may not look at packets in the kernel.',
        advice: againstRefusal(facts),
      }
    default:
      return {
        what,
        state: 'limited',
        found: `loading a program failed (${probe.load})`,
        means: 'sonde sample takes packet sockets instead; sonde drops --input kernel: does not work here.',
        advice: ['A kernel built with CONFIG_BPF_SYSCALL has it.'],
      }
  }
}

function tcx({ bpf: probe, release }: KernelFacts): Finding {
  const what = 'TCX'
  if (probe === undefined) return notTried(what)
  const means = 'Samplers hang at a device beside the programs of others, and go with their process.'
  const without = 'sonde sample takes packet sockets instead, which cost more a packet.'
  switch (probe.tcx) {
    case 'ok':
      return { what, state: 'ok', found: 'answers at loopback', means, advice: [] }
    case 'EPERM':
    case 'EACCES': {
      const old = isOlder(release, TCX_SINCE)
      return {
        what,
        state: 'limited',
        found: `not tried (${probe.tcx}); this is ${release}, and it came with ${TCX_SINCE.join('.')}`,
        means: old ? `Not in this kernel. ${without}` : means,
        advice: ['Ask again with sudo: sudo sonde doctor'],
      }
    }
    default:
      return {
        what,
        state: 'limited',
        found: `not in ${release} (${probe.tcx}); it came with ${TCX_SINCE.join('.')}`,
        means: without,
        advice: [],
      }
  }
}

const isRefusal = (answer: BpfAnswer) => answer === 'EPERM' || answer === 'EACCES'

function tracepoints(facts: KernelFacts): Finding {
  const { bpf: probe } = facts
  const what = 'tracepoints'
  if (probe === undefined) return notTried(what)
  const { typedTracepoint: typed, rawTracepoint: raw } = probe
  if (typed === 'ok') {
    return {
      what,
      state: 'ok',
      found: 'programs for kfree_skb were loaded and let go (tp_btf)',
      means: 'sonde drops --input kernel: sees what this kernel drops, and why.',
      advice: [],
    }
  }
  if (raw === 'ok') {
    return {
      what,
      state: 'ok',
      found: `a program for kfree_skb was loaded and let go (raw_tp; tp_btf: ${typed})`,
      means: 'sonde drops --input kernel: sees what this kernel drops, at some more cost.',
      advice: [],
    }
  }
  return {
    what,
    state: 'limited',
    found: `programs for kfree_skb were refused (tp_btf: ${typed}, raw_tp: ${raw})`,
    means: isRefusal(raw) ? 'This user may not watch drops.' : 'sonde drops --input kernel: does not work here.',
    advice: isRefusal(raw) ? againstRefusal(facts) : [],
  }
}

function functions({ functionsHidden }: KernelFacts): Finding {
  const what = 'kernel functions'
  if (!functionsHidden) {
    return {
      what,
      state: 'ok',
      found: '/proc/kallsyms',
      means: 'A drop names the function that it happened in.',
      advice: [],
    }
  }
  return {
    what,
    state: 'limited',
    found: '/proc/kallsyms hides the addresses',
    means: 'A drop has a reason, and no function.',
    advice: ['Run it with sudo; root is hidden from, too, where this is 2: sysctl kernel.kptr_restrict'],
  }
}

function notTried(what: string): Finding {
  return {
    what,
    state: 'limited',
    found: 'not tried: that needs koffi',
    means: 'See koffi.',
    advice: [],
  }
}

function isOlder(release: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = release.split('.').map(Number.parseFloat)
  return a < major || (a === major && b < minor)
}
