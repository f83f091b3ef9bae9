// Owns where everything but the output of a run goes, as an interface; lib/ui/terminal.ts is one. Start at RunReport.

import type { EnvironmentError, InputError } from '../errors.ts'

export interface RunReport {
  /** A line that is always told: damage, loss. */
  tell(line: string): void
  /** An input that can't be read; the others are. */
  failure(error: InputError | EnvironmentError): void
  /** A line that --quiet hides: the summary, what was chosen. */
  note(line: string): void
  /** A line that only --verbose shows. */
  detail(line: string): void
  /** Whether detail() shows anything. */
  readonly verbose: boolean
  /** How far the read is; total undefined where the end is not known. */
  progress(label: string, done: number, total: number | undefined, note: string): void
}
