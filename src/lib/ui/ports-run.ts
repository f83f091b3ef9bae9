// Owns what the command ports loads once its flags are read. Nothing else is here.

export { portsAnalysis } from '../ports/analysis.ts'
export * from './analysis-run.ts'
