// Owns the numbers with sparklines, where there is no room for charts. Knows no keys. See ../ai-metrics-screen.ts. Start at
// numberLines.

import { type AiSnapshot, TREND_POINTS } from '../../ai-metrics/snapshot.ts'
import { type Area, sparkline } from '../screen/screen.ts'
import { displayWidth, padEnd, truncate } from '../width.ts'
import { isOfKinds, type Pointer, sumAt } from './grid.ts'
import { rateText, worstTier } from './lines.ts'
import { hasValues, type Panel, type PanelLine, panels, valueText } from './panels.ts'

/** Of the longest title. */
const TITLE = 18
const LEAST_SPARK = 12
const MOST_SPARK = 60
/** Where values need the room. */
const SHORT_SPARK = 8
/** Between two values. */
const GAP = '  '
/** Values have that much before sparklines grow. */
const VALUES = 38

/** A line a chart, then what is in none of them; as many as there is room for. */
export function numberLines(s: AiSnapshot, pointer: Pointer, area: Area): string[] {
  const spark = Math.max(LEAST_SPARK, Math.min(MOST_SPARK, area.columns - TITLE - VALUES - 4))
  const room = area.columns - TITLE - spark - 4
  const lines = panels.map((panel, nth) =>
    panelLine(panel, s, { ...pointer, isChosen: nth === pointer.panel }, { room, spark, area }),
  )
  const more: [string, string][] = [
    [
      'Messages',
      `${rateText(s, 'messages_pps', pointer.at, '/s')}   RoCE ${rateText(s, 'roce_pps', pointer.at, 'pkt/s')}`,
    ],
    [
      'Answers',
      `NAK ${rateText(s, 'nak_pps', pointer.at, '/s')}   RNR NAK ${rateText(s, 'rnr_nak_pps', pointer.at, '/s')}`,
    ],
  ]
  const tier = worstTier(s)
  if (tier !== undefined) more.push(['ECMP', tier])
  // A blank line before it shows that the arrows do not go there.
  const below = more.map(([title, text]) => ` ${padEnd(title, TITLE)} ${truncate(text, area.columns - TITLE - 3)}`)
  const all = [...lines, '', ...below]
  // Where not all fit, the selected one is there.
  const from = Math.max(0, Math.min(pointer.panel - area.rows + 1, all.length - area.rows))
  return all.slice(from, from + area.rows)
}

interface Room {
  readonly room: number
  readonly spark: number
  readonly area: Area
}

function panelLine(
  panel: Panel,
  s: AiSnapshot,
  { at, isChosen }: Pointer & { readonly isChosen: boolean },
  { room, spark, area: { colours } }: Room,
): string {
  const lines = panel.lines(s.trend)
  const name = `${isChosen ? '▸' : ' '}${padEnd(panel.title, TITLE)}`
  const title = isChosen ? colours.accent(name) : name
  if (!hasValues(lines)) return `${title} ${colours.dim(truncate(panel.without(s), room + spark + 1))}`
  const texts = valueTexts(panel, lines, at)
  const wide = room + spark - SHORT_SPARK
  const text = texts.find((one) => displayWidth(one) <= wide) ?? fitting(texts, wide)
  const width = displayWidth(text) <= room ? room : wide
  const padded = padEnd(text, width)
  const bad = panel.isTrouble && lines.some(({ values }) => (values[at] ?? 0) > 0)
  return `${title} ${bad ? colours.bad(padded) : padded} ${shape(panel, lines, s, room + spark - width)}`
}

/** All values, in fewer and fewer letters: errors go first, then the unit. */
function valueTexts(panel: Panel, lines: readonly PanelLine[], at: number): string[] {
  if (isOfKinds(panel)) return [kindsText(panel, lines, at)]
  const [first, ...rest] = lines
  const label = rest.length > 0 ? `${first!.label} ` : ''
  const heads = [valueText(first!, at, panel.text, true), valueText(first!, at, panel.text, false)]
  const below = rest.map((line) => `${line.label} ${valueText(line, at, panel.short, false)}`)
  const parts = heads.map((head) => [`${label}${head}`, ...below])
  return [...parts.map((of) => of.join(GAP)), parts[1]!.join(' ')]
}

function kindsText(panel: Panel, lines: readonly PanelLine[], at: number): string {
  const sum = sumAt(lines, at)
  if (sum === null) return '-'
  if (sum === 0) return '0'
  const kinds = lines.map(({ label, values }) => {
    const value = values[at] ?? 0
    return [value, `${label} ${((value / sum) * 100).toFixed(0)} %`] as const
  })
  const named = kinds.filter(([value]) => value > 0).sort((a, b) => b[0] - a[0])
  return [panel.text(sum), ...named.map(([, text]) => text)].join(GAP)
}

/** Of the shortest text as many values as there is room for. */
function fitting(texts: readonly string[], room: number): string {
  let text = texts.at(-1)!
  while (displayWidth(text) > room && text.includes(GAP)) text = text.slice(0, text.lastIndexOf(GAP))
  return truncate(text, room)
}

/** The last five minutes in so many letters: means of as many points as one stands for, which are the same ones while time goes on. */
function shape(panel: Panel, lines: readonly PanelLine[], { trend, windowMs }: AiSnapshot, width: number): string {
  const points = Math.ceil(TREND_POINTS / width)
  const of =
    isOfKinds(panel) || panel.isTrouble
      ? (at: number) => sumAt(lines, at)
      : (at: number) => lines[0]!.values[at] ?? null
  const means: number[] = []
  let group = Number.NaN
  let [sum, count] = [0, 0]
  const end = () => {
    if (!Number.isNaN(group)) means.push(count > 0 ? sum / count : Number.NaN)
  }
  for (const [at, time] of trend.times.entries()) {
    const next = Math.floor(time / windowMs / points)
    if (next !== group) {
      end()
      group = next
      sum = 0
      count = 0
    }
    const value = of(at)
    if (value === null) continue
    sum += value
    count++
  }
  end()
  return sparkline(means, width)
}
