// Owns the published library API and nothing else: what `import ... from 'sonde'` gives. Commands do not import it.
// Must not know oclif, chalk or the terminal. Start at the folder's entry file that an export names.

export type { DecodeIssue, IssueSink } from './errors.ts'
export { BugError, EnvironmentError, formatIssue, InputError } from './errors.ts'
export type { Sink } from './sink/sink.ts'
export type { Batch, Source, SourceReport } from './source/source.ts'
