// Owns flows: samples into keys, keys into a bounded table, windows out of it with estimates that are honest.
// Must not know commands, screens or forms of output; what is asked for is in options.ts, what comes out in rows.ts.
// Start at FlowEngine; compile.ts reads a sample, close.ts makes rows.

export { FlowEngine } from './engine.ts'
export * from './options.ts'
export * from './rows.ts'
