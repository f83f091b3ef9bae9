// Owns what the command top-flows loads once its flags are read: one module, as decode-run.ts. Nothing else is here.

export { runAnalysis } from '../analysis/run.ts'
export { readFlowDefinition } from '../expression/flow-definition.ts'
export { flush } from '../sink/flush.ts'
export { openOutput } from '../sink/output.ts'
export { listRecipes } from '../top-flows/list-recipes.ts'
export { makeQuery } from '../top-flows/make-query.ts'
export { loadSettings, readGiven } from '../top-flows/settings.ts'
export { summaryLine } from '../top-flows/summary.ts'
export { TopFlows } from '../top-flows/top-flows.ts'
export { TextBuffer } from '../wire/text.ts'
export { decodeView } from './decode-style.ts'
export { Terminal } from './terminal.ts'
