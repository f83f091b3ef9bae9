// Owns what the command top-flows loads once its flags are read. Nothing else is here.

export { readFlowDefinition } from '../expression/flow-definition.ts'
export { listRecipes } from '../top-flows/list-recipes.ts'
export { makeQuery } from '../top-flows/make-query.ts'
export { readGiven } from '../top-flows/settings.ts'
export { summaryLine } from '../top-flows/summary.ts'
export { TopFlows } from '../top-flows/top-flows.ts'
export * from './analysis-run.ts'
