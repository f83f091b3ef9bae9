// Owns the question whether a screen is to be shown. Loads neither ink nor react. See screen.ts for the folder.

/** What decides; `process` has the first three. */
export interface ScreenSetting {
  readonly stdoutIsTTY: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** --no-ui was given, or a format, or a file to write to. */
  readonly refused: boolean
}

/** A screen needs a terminal that can place its cursor; a pipe, TERM=dumb and --no-ui get lines. */
export function screenWanted({ stdoutIsTTY, env, refused }: ScreenSetting): boolean {
  return stdoutIsTTY && !refused && env.TERM !== 'dumb'
}

/**
 * Where only --fail-if keeps a screen away: that it does, and when there will be something to see.
 * @param windowMs of the windows that are printed and judged
 */
export function checkedUnseen(windowMs: number | 'all'): string {
  const when =
    windowMs === 'all'
      ? 'it is printed and judged at the end, by Ctrl-C or --duration'
      : 'windows are printed and judged as they end'
  return `No screen with --fail-if: ${when}.`
}
