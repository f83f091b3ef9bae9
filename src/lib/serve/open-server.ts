// Owns opening the server with its paths, and saying where it is. See serve.ts for the folder. Start at openServer.

import { type Base, baseRoutes } from './base-routes.ts'
import { HttpServer } from './http-server.ts'
import type { Route } from './route.ts'
import type { ServeOptions } from './serve.ts'

/** Where lines go. */
export interface ServeReport {
  /** Always told. */
  tell(line: string): void
  /** Hidden by --quiet. */
  note(line: string): void
}

/**
 * @param others paths beside those that every server has
 * @throws EnvironmentError where the address can't be had
 */
export async function openServer(
  serve: ServeOptions,
  base: Base,
  others: readonly Route[],
  report: ServeReport,
): Promise<HttpServer> {
  const server = await HttpServer.open(serve, baseRoutes(base, others), (line) => report.tell(line))
  const say = `Serving ${server.url}/`
  // Where nobody chose the port it has to be told.
  if (serve.port === 0) report.tell(say)
  else report.note(say)
  return server
}
