// Owns the seam between windows and the text that is made of them. Start at Form; the usual ones are in forms.ts.

import type { TextBuffer } from '../wire/text.ts'

/** One way to write windows. Calls: begin, window for each, end; the output is whole then. */
export interface Form<Window> {
  begin(out: TextBuffer): void
  window(window: Window, out: TextBuffer): void
  end(out: TextBuffer): void
}
