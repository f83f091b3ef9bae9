// An HTTP or HTTPS server on loopback that a test scripts, and what it was asked.

import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { repositoryRoot } from './cli.ts'

/** Certificates made for these tests, good for localhost and 127.0.0.1; ca.pem signed server.pem. */
export const tlsFile = (name: 'ca.pem' | 'server.pem' | 'server.key'): string =>
  join(repositoryRoot, 'test/topo-import/tls', name)

export interface Asked {
  readonly method: string
  /** Path with query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly bytes: Uint8Array
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown
  /** Before anything is sent. */
  readonly afterMs?: number
  /** Sends half of the body and ends the connection. */
  readonly cut?: boolean
}

export interface TestServer {
  readonly url: string
  readonly port: number
  readonly asked: readonly Asked[]
}

/** Runs `use` with a server that answers each request as `answer` says. */
export async function withServer<T>(
  answer: (asked: Asked, count: number) => Answer,
  use: (server: TestServer) => Promise<T>,
  tls = false,
): Promise<T> {
  const asked: Asked[] = []
  const listener: RequestListener = (request, response) => {
    const blocks: Buffer[] = []
    request.on('data', (block: Buffer) => blocks.push(block))
    request.on('end', () => {
      const one = {
        method: request.method!,
        url: request.url!,
        headers: request.headers,
        body: Buffer.concat(blocks).toString(),
        bytes: Buffer.concat(blocks),
      }
      asked.push(one)
      const made = answer(one, asked.length)
      setTimeout(() => send(response, made), made.afterMs ?? 0).unref()
    })
  }
  const server = tls
    ? createTlsServer({ key: readFileSync(tlsFile('server.key')), cert: readFileSync(tlsFile('server.pem')) }, listener)
    : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await use({ url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, asked })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '', cut = false }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  })
  if (!cut) response.end(text)
  else response.write(text.slice(0, text.length >> 1), () => response.destroy())
}
