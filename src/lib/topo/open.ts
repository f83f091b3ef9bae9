// Owns what a command loads at once where a topology is given: one module, since each that is loaded apart costs a start half
// a millisecond. Nothing else is here.

export { readTopology } from './read-topology.ts'
export { TopologyIndex } from './topology-index.ts'
