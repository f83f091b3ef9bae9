// Owns what the command ai-metrics loads once its flags are read. Nothing else is here.

export { aiAnalysis } from '../ai-metrics/ai-metrics.ts'
export { loadAiSettings } from '../ai-metrics/query.ts'
export { periodMethod } from '../period/methods.ts'
export * from './analysis-run.ts'
