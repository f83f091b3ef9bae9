// Owns what every command of an analysis loads once its flags are read; each has a file beside this one, which adds its own:
// one module a command, as decode-run.ts. Nothing else is here.

export { runAnalysis } from '../analysis/run.ts'
export { loadSettings } from '../analysis/settings.ts'
export { openOutput } from '../sink/output.ts'
export { writeText } from '../sink/write-text.ts'
export { checkTopology } from '../topo/check-topology.ts'
export { decodeView } from './decode-style.ts'
export { Terminal } from './terminal.ts'
