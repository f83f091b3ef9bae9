// Owns `--serve`: an HTTP server beside live work, its paths, and what they show. Must not know commands and features: what a
// feature publishes comes as tables of metrics (analysis/publish.ts) and as AiPoints. Start at HttpServer in http-server.ts;
// routes.ts lists the paths.

/** Where to listen, and what is permitted; can go to a thread. */
export interface ServeOptions {
  /** An address, IPv6 without brackets. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** PUT of a topology is taken. */
  readonly acceptTopology: boolean
}
