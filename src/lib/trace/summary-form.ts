// Owns --summary as a form of a trace: nothing while it runs, its routes at the end. See routes.ts. Start at summaryForm.

import type { View } from '../print/style.ts'
import { endTime, type TraceEnd, type TraceHead } from './head.ts'
import type { TraceFormat } from './options.ts'
import type { TraceForm } from './print.ts'
import { summaryJson } from './route-json.ts'
import { type SummaryOptions, summaryText } from './route-text.ts'
import { Routes } from './routes.ts'
import type { TraceStep } from './step.ts'
import { endJson, headJson } from './write.ts'

/** The routes of a trace: text for a person, objects a line, or one array of them. */
export function summaryForm(format: TraceFormat, view: View, options: SummaryOptions): TraceForm {
  const routes = new Routes()
  let head: string[] = []
  let began: bigint | undefined
  return {
    begin: (of: TraceHead | undefined): string => {
      began = of?.time
      if (of !== undefined && format !== 'table') head = [headJson(of)]
      return ''
    },
    step: (step: TraceStep): string => {
      routes.add(step)
      return ''
    },
    end: (end: TraceEnd): string => {
      routes.stop(end.at ?? (began === undefined ? undefined : endTime(began, end.seconds)))
      const summary = routes.summary(end.lost)
      if (format === 'table') return `${summaryText(summary, view, options).join('\n')}\n`
      const objects = [...head, ...summaryJson(summary), endJson(end)]
      return format === 'ndjson' ? `${objects.join('\n')}\n` : `[\n${objects.join(',\n')}\n]\n`
    },
  }
}
