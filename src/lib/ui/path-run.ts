// Owns what the command path loads once its flags are read. Nothing else is here.

export { pathAnalysis } from '../path/analysis.ts'
export * from './analysis-run.ts'
