// Owns asking HTTP servers: one request and its answer, with a time limit, verified TLS and a bounded answer; tries with growing
// pauses are in client.ts. Knows no API. By node:https and not fetch, which can't be given a certification authority on all
// supported versions of Node. Start at HttpPool.

import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { rootCertificates } from 'node:tls'
import { EnvironmentError, formatCount, InputError } from '../errors.ts'
import { describeFailure, Passing, Stopped } from './failures.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** A text is JSON, unless headers say otherwise. */
  readonly body?: string | Uint8Array
}

export interface HttpAnswer {
  readonly status: number
  /** What the server says behind the number; may be empty. */
  readonly reason: string
  readonly text: string
  /** The pause that it asks for; 0 for none. */
  readonly retryAfterMs: number
  /** Where a redirect leads to. */
  readonly location: string | undefined
}

export interface HttpPoolOptions {
  /** PEM file of further certification authorities. */
  readonly ca: string | undefined
  /** How a person adds one, as a sentence. */
  readonly caAdvice: string
  /** For a request with its answer. */
  readonly timeoutMs: number
  /** Bytes of one answer. */
  readonly largestAnswer: number
}

/** Connections to a few servers, kept for the next request; close it. */
export class HttpPool {
  readonly #options: HttpPoolOptions
  readonly #http: HttpAgent
  readonly #https: HttpsAgent

  /** @throws InputError where the CA file can't be read */
  constructor(options: HttpPoolOptions) {
    this.#options = options
    const ca = options.ca === undefined ? {} : { ca: [...rootCertificates, readCa(options.ca)] }
    this.#http = new HttpAgent({ keepAlive: true })
    this.#https = new HttpsAgent({ keepAlive: true, ...ca })
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }

  /**
   * Sends a request once. Redirects are not followed: a token would go where nobody meant it to.
   * @returns the answer, whatever its status
   * @throws Passing where there is none, and may be at another time; EnvironmentError; Stopped
   */
  exchange({ method, url, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { timeoutMs, caAdvice, largestAnswer } = this.#options
    const secure = url.protocol === 'https:'
    const limit = AbortSignal.timeout(timeoutMs)
    return new Promise((resolve, reject) => {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body
      const fail = (error: Error): void => {
        if (signal.aborted) reject(new Stopped())
        else if (limit.aborted) reject(new Passing(`no answer within ${timeoutMs / 1000} s`))
        else reject(describeFailure(error, url, caAdvice))
      }
      const sent = (secure ? requestHttps : requestHttp)(
        url,
        {
          method,
          agent: secure ? this.#https : this.#http,
          signal: AbortSignal.any([signal, limit]),
          headers: {
            accept: 'application/json',
            'user-agent': 'sonde',
            ...(bytes === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
            ...headers,
          },
        },
        (response) => {
          readAnswer(response, largestAnswer).then(resolve, fail)
        },
      )
      sent.on('error', fail)
      sent.end(bytes)
    })
  }
}

async function readAnswer(response: IncomingMessage, largest: number): Promise<HttpAnswer> {
  const blocks: Buffer[] = []
  let length = 0
  for await (const block of response as AsyncIterable<Buffer>) {
    length += block.length
    if (length > largest) {
      response.destroy()
      throw new EnvironmentError(`the answer is larger than ${showSize(largest)}.`)
    }
    blocks.push(block)
  }
  if (!response.complete) throw new Passing('the connection ended within the answer')
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    text: Buffer.concat(blocks).toString('utf8'),
    retryAfterMs: retryAfter(response),
    location: response.headers.location,
  }
}

function showSize(bytes: number): string {
  return bytes < 1 << 20 ? `${formatCount(bytes >> 10)} KiB` : `${formatCount(bytes >> 20)} MiB`
}

/** Seconds or a date (RFC 9110 10.2.3), in ms. */
function retryAfter({ headers }: IncomingMessage): number {
  const text = headers['retry-after']
  if (text === undefined) return 0
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return ms > 0 ? ms : 0
}

function readCa(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputError(`--ca ${path} can't be read: ${(error as Error).message}.`, [], { cause: error })
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new InputError(`--ca ${path} holds no certificate, needed PEM: -----BEGIN CERTIFICATE-----`)
  }
  return text
}
