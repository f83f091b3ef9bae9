// Owns bringing a frame to the terminal: only the lines that changed, each to its place. Knows no page and no React.
// See screen.ts for the folder.

// Control sequences of ECMA-48 (CUP, EL, ED) and, for no half-drawn frame, the private mode 2026 of synchronized output, which
// terminals that do not know it pass over.
const csi = '\u001b['
const begin = `${csi}?2026h`
const end = `${csi}?2026l`
const eraseScreen = `${csi}2J`

/**
 * Writes frames of whole lines to a terminal whose other screen is shown. ink's own output tokenizes and measures every line of
 * a frame again, which was more than half of what a screen of 80 lines cost.
 */
export class FrameWriter {
  readonly #write: (text: string) => void
  #shown: readonly string[] | undefined
  #columns = 0
  #held = false

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Nothing is known of what the terminal shows: the next frame is drawn whole. */
  forget(): void {
    this.#shown = undefined
  }

  /** The terminal is somebody else's: frames are not written until `release`, and then whole. */
  hold(): void {
    this.#held = true
  }

  release(): void {
    this.#held = false
    this.forget()
  }

  /** @param lines one for each line of the terminal, none wider than it, with the colours it opens closed */
  draw(lines: readonly string[], columns: number): void {
    if (this.#held) return
    // Terminals move and break lines as they are resized.
    const known = this.#columns === columns && this.#shown?.length === lines.length ? this.#shown : undefined
    let text = known === undefined ? eraseScreen : ''
    for (const [at, line] of lines.entries()) {
      // EL comes first: behind a line that ends in the last column it would take that column's character.
      if (line !== (known?.[at] ?? '')) text += `${csi}${at + 1}H${csi}K${line}`
    }
    this.#shown = lines
    this.#columns = columns
    if (text !== '') this.#write(begin + text + end)
  }
}
