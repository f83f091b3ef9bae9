// Owns the HTTP server: sockets, limits, bodies, compression. Knows no path: routes are given. See serve.ts for the folder.
// Start at HttpServer.open.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { formatCount } from '../errors.ts'
import { Budget } from './budget.ts'
import { listenError } from './listen-error.ts'
import { type Answer, HttpError, type Method, type Route, Router, refusalOf, TEXT_TYPE } from './route.ts'

/** What one client, and all together, can take. All are far above what a scraper needs. */
export interface HttpLimits {
  readonly connections: number
  readonly headerBytes: number
  readonly bodyBytes: number
  /** All of the head; all of the request. */
  readonly headMs: number
  readonly requestMs: number
  /** Until the answer is taken. */
  readonly answerMs: number
  /** Without a request. */
  readonly idleMs: number
  /** Requests on one connection that wait for their answers: pipelining. */
  readonly waiting: number
  /** Of answers that are not taken yet, all together. */
  readonly pendingBytes: number
}

export const httpLimits: HttpLimits = {
  connections: 128,
  headerBytes: 16 << 10,
  bodyBytes: 1 << 20,
  headMs: 5000,
  requestMs: 15_000,
  answerMs: 30_000,
  idleMs: 65_000,
  waiting: 8,
  pendingBytes: 64 << 20,
}

/** Requests on one connection; it is closed then. */
const MOST_REQUESTS = 10_000
const MOST_HEADERS = 100
/** How often connections are looked at that take too long. */
const CHECK_MS = 1000
/** Shorter texts are not worth it. */
const GZIP_FROM = 1024
/** Twice as fast as the usual 6, and 10 % longer for metrics. */
const GZIP_LEVEL = 3

/** A body that is too long is read to its end where it is no longer than so many times the longest. */
const DRAIN_FACTOR = 8

const gzipped = promisify(gzip)

export class HttpServer {
  /** `http://127.0.0.1:8008` */
  readonly url: string
  readonly #server: Server
  readonly #router: Router
  readonly #limits: HttpLimits
  readonly #failed: (line: string) => void
  readonly #budget = new Budget()
  readonly #waiting = new WeakMap<Socket, number>()
  readonly #sockets = new Set<Socket>()
  /** Those that have not asked anything yet, the oldest first. */
  readonly #silent = new Set<Socket>()
  #pendingBytes = 0

  private constructor(server: Server, routes: readonly Route[], limits: HttpLimits, failed: (line: string) => void) {
    this.#server = server
    this.#router = new Router(routes)
    this.#limits = limits
    this.#failed = failed
    const { address, port, family } = server.address() as AddressInfo
    this.url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  /**
   * @param failed gets a line where a mistake of ours was answered with 500
   * @throws EnvironmentError where the address can't be had
   */
  static async open(
    { host, port }: { readonly host: string; readonly port: number },
    routes: readonly Route[],
    failed: (line: string) => void,
    limits = httpLimits,
  ): Promise<HttpServer> {
    const server = createServer({
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headMs),
    })
    // A connection too many is there until another one has gone for it.
    server.maxConnections = 2 * limits.connections
    server.maxRequestsPerSocket = MOST_REQUESTS
    server.maxHeadersCount = MOST_HEADERS
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
      server.listen({ host, port, ipv6Only: false }, resolve)
    })
    server.removeAllListeners('error')
    const http = new HttpServer(server, routes, limits, failed)
    server.on('error', () => {})
    // A client that goes away in the middle ends its own connection, nothing else.
    const serve = (request: IncomingMessage, response: ServerResponse, expects: boolean): void =>
      void http.#request(request, response, expects).catch(() => request.socket.destroy())
    server.on('request', (request, response) => serve(request, response, false))
    // Refused before the body is sent.
    server.on('checkContinue', (request, response) => serve(request, response, true))
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseSocket(error, socket))
    server.on('connection', (socket: Socket) => http.#connection(socket))
    return http
  }

  /** Answers that are on their way are cut. */
  async close(): Promise<void> {
    const server = this.#server
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }

  /** A new client is worth more than one that says nothing: the oldest of those gives way, then those between two requests. */
  #connection(socket: Socket): void {
    this.#sockets.add(socket)
    this.#silent.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#silent.delete(socket)
    })
    if (this.#sockets.size <= this.#limits.connections) return
    const [oldest] = this.#silent
    if (oldest !== socket && oldest !== undefined) this.#cut(oldest)
    else {
      const before = [...this.#sockets].filter((one) => !one.destroyed).length
      this.#server.closeIdleConnections()
      const left = [...this.#sockets].filter((one) => !one.destroyed)
      if (left.length === before) this.#cut(socket)
    }
  }

  #cut(socket: Socket): void {
    this.#sockets.delete(socket)
    this.#silent.delete(socket)
    socket.destroy()
  }

  async #request(request: IncomingMessage, response: ServerResponse, expects: boolean): Promise<void> {
    const { socket } = request
    this.#silent.delete(socket)
    const waiting = (this.#waiting.get(socket) ?? 0) + 1
    this.#waiting.set(socket, waiting)
    // The limit is per answer, so also for one that waits behind another.
    const late = setTimeout(() => socket.destroy(), this.#limits.answerMs).unref()
    response.once('close', () => {
      clearTimeout(late)
      this.#waiting.set(socket, this.#waiting.get(socket)! - 1)
    })
    response.on('error', () => {})
    if (waiting > this.#limits.waiting) {
      socket.destroy()
      return
    }
    try {
      await this.#send(await this.#answer(request, response, expects), request, response)
    } catch (error) {
      const refusal = refusalOf(error) ?? this.#mistake(error, request)
      // What is left of a body that is not wanted is not read.
      if (!request.complete) response.shouldKeepAlive = false
      for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value)
      await this.#send({ status: refusal.status, type: TEXT_TYPE, text: `${refusal.message}\n` }, request, response)
    }
  }

  #mistake(error: unknown, request: IncomingMessage): HttpError {
    const reason = error instanceof Error ? error.message : String(error)
    this.#failed(`${request.method} ${request.url?.slice(0, 200)}: ${reason}`)
    return new HttpError(500, 'A mistake of sonde: see what it says on stderr.')
  }

  async #answer(request: IncomingMessage, response: ServerResponse, expects: boolean): Promise<Answer> {
    const target = request.url ?? '/'
    const cut = target.indexOf('?')
    const { route, values } = this.#router.find(cut < 0 ? target : target.slice(0, cut))
    const method = methodOf(request, route)
    const isBound = route.always !== true
    if (isBound && this.#pendingBytes > this.#limits.pendingBytes) {
      throw new HttpError(503, 'Too many answers wait to be taken. Try again.', { 'Retry-After': '5' })
    }
    if (isBound && !this.#budget.allows()) {
      throw new HttpError(503, 'Answers take too much of the time that samples need. Ask less often.', {
        'Retry-After': '1',
      })
    }
    const body = method === 'GET' ? refuseBody(request) : await this.#body(request, response, expects)
    const query = new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1))
    const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '')
    const start = performance.now()
    try {
      return await route.answer({ method, values, query, isJson, body })
    } finally {
      if (isBound) this.#budget.spend(performance.now() - start)
    }
  }

  async #body(request: IncomingMessage, response: ServerResponse, expects: boolean): Promise<Uint8Array> {
    const most = this.#limits.bodyBytes
    const told = request.headers['content-length']
    if (told === undefined) throw new HttpError(411, 'Content-Length is missing: the length of the body.')
    const tooLong = new HttpError(413, `The body is longer than ${formatCount(most)} bytes.`)
    if (Number(told) > most) {
      // Somebody who is not listened to does not read the answer either.
      if (!expects && Number(told) <= DRAIN_FACTOR * most) await drained(request)
      throw tooLong
    }
    if (expects) response.writeContinue()
    const body = new Uint8Array(Number(told))
    let length = 0
    try {
      for await (const chunk of request as AsyncIterable<Uint8Array>) {
        body.set(chunk, length)
        length += chunk.length
      }
    } catch {
      throw new HttpError(400, 'The body ended before its length.')
    }
    return body
  }

  async #send({ status, type, text }: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    let bytes: Uint8Array = new TextEncoder().encode(text)
    response.statusCode = status
    if (type !== '') response.setHeader('Content-Type', type)
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (status === 204) {
      response.end()
      return
    }
    response.setHeader('Vary', 'Accept-Encoding')
    if (bytes.length >= GZIP_FROM && takesGzip(request.headers['accept-encoding'])) {
      bytes = await gzipped(bytes, { level: GZIP_LEVEL })
      response.setHeader('Content-Encoding', 'gzip')
    }
    response.setHeader('Content-Length', bytes.length)
    this.#pendingBytes += bytes.length
    response.once('close', () => {
      this.#pendingBytes -= bytes.length
    })
    if (response.destroyed) return
    response.end(bytes)
  }
}

/** Reads a body to its end, whatever it is; what takes too long is cut with its connection. */
function drained(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    request.once('close', resolve)
    request.once('end', resolve)
    request.resume()
  })
}

function methodOf({ method = '' }: IncomingMessage, { path, methods = ['GET'], otherMethods }: Route): Method {
  const found = methods.find((one) => one === (method === 'HEAD' ? 'GET' : method))
  if (found !== undefined) return found
  const allowed = methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])).join(', ')
  const cut = method.slice(0, 20)
  const cure = otherMethods === undefined ? '' : ` ${otherMethods}`
  throw new HttpError(405, `${path} takes ${allowed}, not ${cut}.${cure}`, { Allow: allowed })
}

const none = new Uint8Array(0)

/** A GET has no body; one that is there would be taken for the next request. */
function refuseBody({ headers }: IncomingMessage): Uint8Array {
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0) {
    throw new HttpError(400, 'A GET has no body.')
  }
  return none
}

/** By RFC 9110 section 12.5.3; the weights of others do not matter, as only gzip and none are given. */
export function takesGzip(accept: string | string[] | undefined): boolean {
  const list = String(accept ?? '').split(',')
  const weights = new Map(
    list.map((one) => {
      const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase())
      const q = parameters.find((part) => part.startsWith('q='))
      return [name, q === undefined ? 1 : Number(q.slice(2))]
    }),
  )
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0
}

const socketRefusals: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** What is no HTTP, too long or too slow is told so once, and cut. */
function refuseSocket(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = socketRefusals[error.code ?? ''] ?? '400 Bad Request'
  const text = `${status.slice(4)}\n`
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: ${TEXT_TYPE}\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
    () => socket.destroy(),
  )
}
