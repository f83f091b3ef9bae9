// Owns what the commands topo status, locate and show load once their flags are read, as one module. Nothing else is here.

export { runAnalysis } from '../analysis/run.ts'
export { loadLanguageData } from '../expression/data/load.ts'
export { openOutput } from '../sink/output.ts'
export { writeText } from '../sink/write-text.ts'
export { loadTopology } from '../topo/load-topology.ts'
export { LocateAnalysis } from '../topo-status/locate-analysis.ts'
export { parseLocateQuery, resolveBySystem } from '../topo-status/locate-query.ts'
export { ShowAnalysis } from '../topo-status/show-analysis.ts'
export { StatusAnalysis } from '../topo-status/status-analysis.ts'
export { decodeView } from './decode-style.ts'
export { Terminal } from './terminal.ts'
