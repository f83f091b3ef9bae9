// Owns screens: programs that fill a terminal and are steered with keys. Knows no sFlow and no feature; what is shown comes
// from pages (page.ts), which listen-screen.ts and its like write. Loads ink and react: import it with `await import()` only.
// Start with page.ts, then loop.ts (what happens when); run-screen.tsx is all that touches the terminal.
//
// A command with a screen:
//
//   const feed = new ScreenFeed<Snapshot>()
//   const quit = new AbortController()
//   const work = runInWorker({ stop: AbortSignal.any([this.stop, quit.signal]) }, feed).finally(() => feed.end())
//   try {
//     await runScreen({ name: 'sonde listen', page: new FirstPage(), feed, colours, signal: this.stop })
//   } finally {
//     quit.abort()
//   }
//   const last = await work                      // fails here if the work failed; the terminal is as it was
//   for (const line of [...feed.told, ...summary(last)]) terminal.tell(line)
//
// A frame is lines of text, not a tree of boxes: lines can be tested as they are, and frame-writer.ts writes those that
// changed. ink has the terminal: the other screen, raw keys, pasting, resizing.

export { type Bar, blockBar, type GaugeValue, gauge, type HistogramOptions, histogram, shareBar } from './bars.ts'
export { clockCell, countCell, rateCell, ratioCell, spanCell } from './cells.ts'
export { type Choice, ChoiceList, type ChoiceOptions } from './choice-list.ts'
export { ScreenFeed } from './feed.ts'
export type { KeyHint } from './keys.ts'
export { fitSlots, type Slot } from './layout.ts'
export { cellText, fitParts, fitText, type Paint, type Part, truncateMiddle, wrapText } from './line.ts'
export { type ChartOptions, type ChartSeries, type ChartThreshold, lineChart } from './line-chart.ts'
export type { Answer, Area, Dialog, Page } from './page.ts'
export { type Candidate, type Completion, Prompt, type PromptOptions, problemOf, type TextProblem } from './prompt.ts'
export { runScreen, type ScreenEnd, type ScreenOptions } from './run-screen.tsx'
export { sparkline } from './sparkline.ts'
export { type FixedRow, Table, type TableColumn } from './table.ts'
export { TextPage } from './text-page.ts'
