// Owns a route as one line, cut so that what tells most is left: ends, other interfaces, borders of layers, where time passes. See
// routes.ts. Start at routeLine.

import type { Style } from '../print/style.ts'
import type { Hop, Loop, Route, RouteStep } from './routes.ts'

/**
 * Functions at the borders of layers, and where packets are judged: they tell most of a way. The tracepoints of devices are
 * among them.
 */
const borders: ReadonlySet<string> = new Set([
  ...['ip_local_out', '__ip_local_out', 'ip_output', 'ip_finish_output2', 'ip_forward', 'ip_rcv', 'ip_local_deliver'],
  ...['ip6_local_out', '__ip6_local_out', 'ip6_output', 'ip6_forward', 'ipv6_rcv', 'ip6_input', 'ip_fragment'],
  ...['__dev_queue_xmit', 'dev_hard_start_xmit', '__netif_receive_skb_core', 'netif_receive_skb', 'napi_gro_receive'],
  ...['net_dev_queue', 'net_dev_start_xmit', 'net_dev_xmit', 'netif_rx', 'br_handle_frame', 'br_forward'],
  ...['tcp_v4_rcv', 'tcp_v6_rcv', 'udp_rcv', 'udpv6_rcv', 'icmp_rcv', 'icmpv6_rcv', 'arp_rcv', 'packet_rcv'],
  ...[
    'nf_hook_slow',
    'nft_do_chain',
    'ipt_do_table',
    'nf_nat_inet_fn',
    'tc_run',
    'sch_handle_ingress',
    'cls_bpf_classify',
  ],
  ...['vxlan_xmit', 'vxlan_rcv', 'iptunnel_xmit', 'ip_tunnel_xmit', 'xfrm_output', 'xfrm_input', '__tcp_transmit_skb'],
])
/** What a step counts beside its share of the time in percent. A way through namespaces is first of all which ones. */
const BORDER = 50
const PLACE = 100
const NETNS = 300
const MUST = 1000

/** A step, or a loop of several, as it stands in the line. */
interface Token {
  readonly text: string
  readonly netns: string
  readonly interfaceName: string
  readonly isBranch: boolean
  /** ✗ and the reason. */
  readonly drop: string
  readonly score: number
}

/** A route and how it is shown. */
export interface RouteShape {
  readonly steps: readonly RouteStep[]
  readonly loops: readonly Loop[]
  readonly dropped: number | undefined
  /** Steps that must stay: where an odd route differs. */
  readonly marked?: readonly number[]
}

/** Whether namespaces are named: not where there is but one. */
export type NetnsLabel = (step: Hop) => string

/** Names of network namespaces where the routes are in several. */
export function netnsLabels(routes: readonly Route[]): NetnsLabel {
  const all = new Set<number>()
  for (const { steps } of routes) for (const { netns } of steps) if (netns !== 0) all.add(netns)
  if (all.size < 2) return () => ''
  return ({ netns, netnsName }) => (netns === 0 ? '' : netnsName === '' ? `inode:${netns}` : netnsName)
}

/** `blue eth0`; empty where nothing is known. */
export function placeText(step: Hop, label: NetnsLabel): string {
  const netns = label(step)
  return netns === '' || step.interfaceName === '' ? netns + step.interfaceName : `${netns} ${step.interfaceName}`
}

/** `×3`, `×2–5`, or nothing for a step that is in no loop of its own. */
export function timesText({ least, most }: Loop): string {
  return least === most ? `×${least}` : `×${least}–${most}`
}

/**
 * Whether a step adds nothing to the way: functions that give the buffer back, behind the first of them or behind the drop.
 * @returns of each step
 */
export function hiddenSteps({ steps, dropped }: Pick<RouteShape, 'steps' | 'dropped'>): boolean[] {
  return steps.map((step, i) => {
    if (!step.isRelease || step.isBranch || i === 0) return false
    if (i === dropped) return false
    return steps[i - 1]!.isRelease || (dropped !== undefined && i > dropped)
  })
}

/**
 * `[blue eth0] ip_rcv → … → nft_do_chain ✗ NETFILTER_DROP`, coloured.
 * @param width columns at most; undefined: all steps
 */
export function routeLine(route: RouteShape, label: NetnsLabel, style: Style, width: number | undefined): string {
  const tokens = tokensOf(route, label, style)
  const every = new Set(tokens.keys())
  if (width === undefined) return render(tokens, every, 'interfaces', style)
  // Where it is dropped stands before where a clone of it goes.
  const drop = tokens.findIndex((token) => token.drop !== '')
  const kept = new Set<number>([0, drop < 0 ? tokens.length - 1 : drop])
  // Where it passes is told without functions rather than not at all, if there is room.
  const told = gaps.find((told) => style.width(render(tokens, kept, told, style)) <= width) ?? 'nothing'
  let best = render(tokens, kept, told, style)
  for (const i of [...every].sort((a, b) => tokens[b]!.score - tokens[a]!.score || a - b)) {
    if (kept.has(i)) continue
    kept.add(i)
    const line = render(tokens, kept, told, style)
    if (style.width(line) <= width) best = line
    else kept.delete(i)
  }
  return best
}

/** What is told of steps that are left out. */
const gaps = ['interfaces', 'namespaces', 'nothing'] as const

function tokensOf({ steps, loops, dropped, marked }: RouteShape, label: NetnsLabel, style: Style): Token[] {
  const all = steps.reduce((sum, { since }) => sum + since.sum, 0)
  const hidden = hiddenSteps({ steps, dropped })
  const tokens: Token[] = []
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!
    const loop = loops.find(({ at }) => at === i)
    if (hidden[i] === true && loop === undefined) continue
    const drop = i === dropped ? ` ✗ ${step.reason === '' ? 'dropped' : style.escape(step.reason ?? '')}` : ''
    const last = tokens.at(-1)
    // What gives the buffer back says nothing of where it was dropped: the step before does, or where the kernel says it was called.
    if (drop !== '' && step.isRelease && step.droppedIn === '' && last !== undefined && !step.isBranch) {
      tokens[tokens.length - 1] = { ...last, drop }
      continue
    }
    const name = i === dropped && step.droppedIn !== '' ? step.droppedIn : step.functionName
    const place = { netns: style.escape(label(step)), interfaceName: style.escape(step.interfaceName) }
    const { isBranch } = step
    const share = all === 0 ? 0 : step.since.sum / all
    const isBorder = borders.has(step.functionName)
    const isMarked = marked?.includes(i) === true
    const score =
      100 * share +
      (step.netns !== steps[i - 1]?.netns ? NETNS : step.isNewPlace ? PLACE : 0) +
      (isBorder ? BORDER : 0) +
      (drop === '' && !isMarked ? 0 : MUST)
    if (loop === undefined) tokens.push({ text: style.escape(name), ...place, isBranch, drop, score })
    else {
      const text = loopText(steps.slice(i, i + loop.length), label, style)
      const many = loop.most > 4 ? BORDER : 0
      tokens.push({ text: `${text} ${timesText(loop)}`, ...place, isBranch, drop, score: score + many })
      i += loop.length - 1
    }
  }
  return tokens
}

/** One name as it is; several in parentheses, the middle ones left out where they are many. */
function loopText(steps: readonly RouteStep[], label: NetnsLabel, style: Style): string {
  const [first] = steps
  if (first === undefined) return ''
  if (steps.length === 1) return style.escape(first.functionName)
  const named = steps.map((step, i) => {
    const place = i > 0 && step.isNewPlace ? `[${placeText(step, label)}] ` : ''
    return {
      text: style.escape(place + step.functionName),
      isTold: i === 0 || step.isNewPlace || i === steps.length - 1,
    }
  })
  const texts: string[] = []
  for (const { text, isTold } of named) {
    if (isTold || steps.length <= 4) texts.push(text)
    else if (texts.at(-1) !== '…') texts.push('…')
  }
  return `(${texts.join(' → ')})`
}

/** The tokens that are kept, with `…` for those between, and there the places that these alone were at. */
function render(
  tokens: readonly Token[],
  kept: ReadonlySet<number>,
  told: (typeof gaps)[number],
  style: Style,
): string {
  const gap = style.dim('…')
  const arrowTo = ({ isBranch }: Token) => style.dim(isBranch ? ' ⑂ ' : ' → ')
  let line = ''
  let netns = ''
  let interfaceName = ''
  const isAt = (token: Token, other: { netns: string; interfaceName: string }, isNetnsOnly = false) =>
    (token.netns === '' || token.netns === other.netns) &&
    (isNetnsOnly || token.interfaceName === '' || token.interfaceName === other.interfaceName)
  const placed = (token: Token, text: string, isNetnsOnly: boolean): string => {
    if (isAt(token, { netns, interfaceName }, isNetnsOnly)) return text
    // Within a namespace its name is not told again.
    const isWithin = token.netns === netns && token.interfaceName !== ''
    const place = isNetnsOnly
      ? token.netns
      : isWithin
        ? token.interfaceName
        : `${token.netns} ${token.interfaceName}`.trim()
    ;({ netns } = token)
    interfaceName = isNetnsOnly ? '' : token.interfaceName
    return `${style.accent(`[${place}]`)} ${text}`
  }
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    if (kept.has(i)) {
      line += (line === '' ? '' : arrowTo(token)) + placed(token, token.text, false)
      if (token.drop !== '') line += style.bad(token.drop)
      continue
    }
    let end = i
    while (end < tokens.length && !kept.has(end)) end++
    const next = tokens[end]
    let isTold = false
    for (const hidden of tokens.slice(i, end)) {
      const isNetnsOnly = told === 'namespaces'
      if (told === 'nothing' || isAt(hidden, { netns, interfaceName }, isNetnsOnly)) continue
      if (next !== undefined && isAt(hidden, next, isNetnsOnly)) continue
      line += arrowTo(hidden) + placed(hidden, gap, isNetnsOnly)
      isTold = true
    }
    if (!isTold) line += arrowTo(token) + gap
    i = end - 1
  }
  return line
}
