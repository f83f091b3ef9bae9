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
