// Owns what the command path loads once its flags are read: one module, as decode-run.ts. Nothing else is here.

export { runAnalysis } from '../analysis/run.ts'
export { pathAnalysis } from '../path/analysis.ts'
export { loadPathSettings } from '../path/query.ts'
export { openOutput } from '../sink/output.ts'
export { checkTopology } from '../topo/check-topology.ts'
export { decodeView } from './decode-style.ts'
export { Terminal } from './terminal.ts'
