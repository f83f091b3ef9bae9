// Owns handing a topology to sFlow-RT, or to what speaks like it. See topo-import.ts for the folder.

import { EnvironmentError, InputError } from '../errors.ts'
import type { HttpClient } from '../http/client.ts'
import { reason } from '../http/failures.ts'
import { parseUrl, showUrl } from '../http/url.ts'

/** The URL that a topology is PUT to: sFlow-RT's own, where only the server is named. */
export function pushUrl(text: string): URL {
  const url = parseUrl(text, '--push', { example: 'http://127.0.0.1:8008' })
  if (url.pathname === '/') url.pathname = '/topology/json'
  return url
}

/**
 * @throws InputError where it is refused; EnvironmentError where the server can't be reached
 * @see topology.md section 1: PUT http://HOST:8008/topology/json
 */
export async function pushTopology(url: URL, body: string, client: HttpClient): Promise<number> {
  const { status, text } = await client.send({ method: 'PUT', url, body })
  if (status >= 200 && status < 300) return status
  const message = `${showUrl(url)}: the topology was not taken (${status}): ${reason(text)}`
  if (status >= 500) throw new EnvironmentError(message)
  const path =
    url.pathname === '/topology/json'
      ? ['The topology app takes it at /app/topology/scripts/topology.js/topology/json.']
      : []
  throw new InputError(message, path)
}
