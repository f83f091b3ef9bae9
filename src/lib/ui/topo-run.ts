// Owns what the commands topo status, locate and show load once their flags are read, as one module. Nothing else is here.

export { loadLanguageData } from '../expression/data/load.ts'
export { loadTopology } from '../topo/load-topology.ts'
export { emptyTopology } from '../topo/topology.ts'
export { LocateAnalysis } from '../topo-status/locate-analysis.ts'
export { parseLocateQuery, resolveBySystem } from '../topo-status/locate-query.ts'
export { ShowAnalysis } from '../topo-status/show-analysis.ts'
export { StatusAnalysis } from '../topo-status/status-analysis.ts'
export * from './analysis-run.ts'
