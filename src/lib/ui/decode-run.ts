// Owns what the command decode loads once its flags are read: one module instead of four, since each that is loaded apart
// cuts the bundle into more pieces, and each piece costs a start half a millisecond. Nothing else is here.

export { runDecode } from '../decode/run.ts'
export { openOutput } from '../sink/output.ts'
export { decodeView } from './decode-style.ts'
export { Terminal } from './terminal.ts'
