// Owns drawing with the dots of braille letters, 2 by 4 in each cell (Unicode block 2800). See screen.ts for the folder.

/** The bit of each dot: column by column, top to bottom. */
const bits = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80] as const

/** How a line is drawn, so that several can be told apart without colour. */
export type LineStyle = 'solid' | 'dotted' | 'dashed' | 'sparse'

function isDrawn(style: LineStyle, x: number, y: number): boolean {
  if (style === 'solid') return true
  if (style === 'dotted') return (x + y) % 2 === 0
  return style === 'dashed' ? (x + y) % 6 < 4 : (x + y) % 4 === 0
}

/** Dots on a grid of cells; the origin is at the top left. Each cell knows who drew in it last. */
export class DotGrid {
  readonly columns: number
  readonly rows: number
  readonly #dots: Uint8Array
  readonly #owners: Int8Array

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
    this.#dots = new Uint8Array(columns * rows)
    this.#owners = new Int8Array(columns * rows).fill(-1)
  }

  /** A dot; outside of the grid nothing. */
  dot(x: number, y: number, owner: number): void {
    if (x < 0 || y < 0 || x >= this.columns * 2 || y >= this.rows * 4) return
    const cell = (y >> 2) * this.columns + (x >> 1)
    this.#dots[cell]! |= bits[(x & 1) * 4 + (y & 3)]!
    this.#owners[cell] = owner
  }

  /** A straight line of dots from one place to another, both ends drawn (Bresenham). Whole numbers. */
  line(x0: number, y0: number, x1: number, y1: number, owner: number, style: LineStyle): void {
    const [dx, dy] = [Math.abs(x1 - x0), -Math.abs(y1 - y0)]
    const [sx, sy] = [x0 < x1 ? 1 : -1, y0 < y1 ? 1 : -1]
    let error = dx + dy
    for (let x = x0, y = y0; ; ) {
      if (isDrawn(style, x, y)) this.dot(x, y, owner)
      if (x === x1 && y === y1) return
      const twice = 2 * error
      if (twice >= dy) {
        error += dy
        x += sx
      }
      if (twice <= dx) {
        error += dx
        y += sy
      }
    }
  }

  /** Who drew in a cell last; -1 where it is empty. */
  owner(column: number, row: number): number {
    return this.#owners[row * this.columns + column]!
  }

  /** The letter of a cell; a space where it is empty. */
  letter(column: number, row: number): string {
    const dots = this.#dots[row * this.columns + column]!
    return dots === 0 ? ' ' : String.fromCharCode(0x2800 + dots)
  }
}
