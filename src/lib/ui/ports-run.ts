// Owns what the command ports loads once its flags are read: one module, as decode-run.ts. Nothing else is here.

export { runAnalysis } from '../analysis/run.ts'
export { portsAnalysis } from '../ports/analysis.ts'
export { loadPortsSettings } from '../ports/query.ts'
export { openOutput } from '../sink/output.ts'
export { checkTopology } from '../topo/check-topology.ts'
export { decodeView } from './decode-style.ts'
export { Terminal } from './terminal.ts'
