// Owns what the command period loads once its flags are read. Nothing else is here.

export { cyclesAnalysis } from '../cycles/analysis.ts'
export * from './analysis-run.ts'
