// Owns asking HTTP servers: time limits, tries with growing pauses, verified TLS, bounded answers. Knows no API. By node:https and
// not fetch, which can't be given a certification authority on all supported versions of Node. See topo-import.ts for the folder.

import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { rootCertificates } from 'node:tls'
import { EnvironmentError, formatCount, InputError } from '../errors.ts'

export interface HttpOptions {
  /** PEM file of further certification authorities. */
  readonly ca: string | undefined
  readonly timeoutMs: number
  readonly retries: number
  readonly signal: AbortSignal
  /** First pause; each is twice the one before, and up to half as long again. */
  readonly pauseMs?: number
  /** Told before a pause. */
  readonly onRetry?: (line: string) => void
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** Bytes of one answer; 1,000 interfaces of NetBox have 2 MB. */
const LARGEST_ANSWER = 64 << 20
/** A server that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 30_000
const FIRST_PAUSE_MS = 500
/** Busy, or something between is: the same request may succeed later (RFC 9110 15.6, RFC 6585 section 4). */
const passingStatus = new Set([429, 502, 503, 504])

/** The signal was aborted: somebody wants no more. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** What can be tried again. */
class Passing extends Error {
  readonly waitMs: number
  constructor(message: string, waitMs = 0, options?: ErrorOptions) {
    super(message, options)
    this.waitMs = waitMs
  }
}

/** A client for a few servers; close it. */
export class HttpClient {
  readonly #options: HttpOptions
  readonly #http: HttpAgent
  readonly #https: HttpsAgent

  /** @throws InputError where the CA file can't be read */
  constructor(options: HttpOptions) {
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
   * Sends a request that may be sent again. Redirects are not followed: a token would go where nobody meant it to.
   * @returns the answer, also with a status of 400 and above that does not pass
   * @throws EnvironmentError where no answer can be had; Stopped
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { retries, signal, onRetry, pauseMs = FIRST_PAUSE_MS } = this.#options
    const where = showUrl(request.url)
    for (let tried = 0; ; tried++) {
      try {
        return await this.#once(request)
      } catch (error) {
        if (signal.aborted) throw new Stopped()
        if (!(error instanceof Passing)) throw error
        if (tried >= retries || error.waitMs > LONGEST_PAUSE_MS) {
          const tries = tried === 0 ? '' : ` (tried ${tried + 1} times)`
          throw new EnvironmentError(`${where}: ${error.message}${tries}.`, [], { cause: error })
        }
        const pause = Math.max(error.waitMs, pauseMs * 2 ** tried * (1 + Math.random() / 2))
        onRetry?.(`${where}: ${error.message}; again in ${(pause / 1000).toFixed(1)} s`)
        await sleep(pause, undefined, { signal }).catch(() => {
          throw new Stopped()
        })
      }
    }
  }

  #once({ method, url, headers, body }: HttpRequest): Promise<HttpAnswer> {
    const { timeoutMs, signal } = this.#options
    const secure = url.protocol === 'https:'
    const limit = AbortSignal.timeout(timeoutMs)
    return new Promise((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(body)
      const fail = (error: Error): void =>
        reject(limit.aborted ? new Passing(`no answer within ${timeoutMs / 1000} s`) : describeFailure(error, url))
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
          readAnswer(response).then(resolve, fail)
        },
      )
      sent.on('error', fail)
      sent.end(bytes)
    })
  }
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const status = response.statusCode ?? 0
  const blocks: Buffer[] = []
  let length = 0
  for await (const block of response as AsyncIterable<Buffer>) {
    length += block.length
    if (length > LARGEST_ANSWER) {
      response.destroy()
      throw new EnvironmentError(`the answer is larger than ${formatCount(LARGEST_ANSWER >> 20)} MiB.`)
    }
    blocks.push(block)
  }
  if (!response.complete) throw new Passing('the connection ended within the answer')
  if (passingStatus.has(status))
    throw new Passing(`it answered ${status} ${response.statusMessage ?? ''}`.trim(), retryAfter(response))
  if (status >= 300 && status < 400) {
    const to = response.headers.location ?? 'another address'
    throw new EnvironmentError(`it answered ${status}, a redirect to ${to}, which is not followed.`, [
      'Give the address that it leads to.',
    ])
  }
  return { status, text: Buffer.concat(blocks).toString('utf8') }
}

/** Seconds or a date (RFC 9110 10.2.3), in ms. */
function retryAfter({ headers }: IncomingMessage): number {
  const text = headers['retry-after']
  if (text === undefined) return 0
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return ms > 0 ? ms : 0
}

/** Reasons that won't go away by trying again, in words. */
const certificateFaults: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it signed its certificate itself'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate comes from an authority that is not known here'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate comes from an authority that is not known here'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate comes from an authority that is not known here'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for other names'],
])

const passingErrors: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was reset'],
  ['EPIPE', 'the connection was reset'],
  ['ETIMEDOUT', 'the connection timed out'],
  ['EHOSTUNREACH', 'there is no route to it'],
  ['ENETUNREACH', 'there is no route to it'],
  ['EAI_AGAIN', 'its name can not be looked up now'],
])

function describeFailure(error: Error, url: URL): Error {
  const code = 'code' in error ? String(error.code) : ''
  const where = showUrl(url)
  if (error instanceof Passing) return error
  if (error instanceof EnvironmentError) return new EnvironmentError(`${where}: ${error.message}`, error.nextSteps)
  const passing = passingErrors.get(code)
  if (passing !== undefined) return new Passing(passing, 0, { cause: error })
  const certificate = certificateFaults.get(code)
  if (certificate !== undefined) {
    return new EnvironmentError(
      `${where}: ${certificate}, so it is not trusted.`,
      [
        code === 'ERR_TLS_CERT_ALTNAME_INVALID'
          ? 'Use a name that the certificate has.'
          : '--ca FILE adds the authority that signed it (PEM), or a certificate that signed itself.',
      ],
      { cause: error },
    )
  }
  if (code === 'ENOTFOUND')
    return new EnvironmentError(`${where}: there is no host of this name.`, [], { cause: error })
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return new EnvironmentError(
      `${where}: it speaks no TLS there (${code}).`,
      ['Check the port; http:// asks without TLS.'],
      { cause: error },
    )
  }
  return new EnvironmentError(`${where}: ${error.message}.`, [], { cause: error })
}

/** Without what is secret in it: user, password, query. */
export function showUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`
}

/**
 * The URL of a server.
 * @throws InputError for what is no http or https URL, and for one with a password, which others could read
 */
export function parseUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InputError(`${what} "${text}" is not understood. Give a URL, such as https://netbox.example.net.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new InputError(`${what}: a URL with a password in it can be read by everybody on this machine.`, [
      'Leave user and password out and give them by variable or --credentials FILE.',
    ])
  }
  return url
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
