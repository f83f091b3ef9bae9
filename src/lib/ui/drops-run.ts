// Owns what the command drops loads once its flags are read. Nothing else is here.

export { dropsAnalysis } from '../drops/analysis.ts'
export { packetsAnalysis } from '../drops/packets.ts'
export * from './analysis-run.ts'
