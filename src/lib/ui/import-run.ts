// Owns what the command topo import loads once its flags are read, as one module. Nothing else is here.

export { openOutput } from '../sink/output.ts'
export { runImport } from '../topo-import/topo-import.ts'
export { Terminal } from './terminal.ts'
