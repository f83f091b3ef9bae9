// Owns asking Arista switches, several at once, each with its own failure. What they answer is in eapi.ts. See topo-import.ts for
// the folder.

import { EnvironmentError, InputError } from '../errors.ts'
import type { HttpClient } from '../http/client.ts'
import { reason } from '../http/failures.ts'
import { parseUrl, showUrl } from '../http/url.ts'
import type { Credentials } from './credentials.ts'
import { eapiError, readEapiJson } from './eapi.ts'
import { isObject, type JsonObject, JsonText, readJson } from './json-text.ts'
import { type LiveReport, settleAll } from './live.ts'
import type { Reading } from './reading.ts'

/** Switches that are asked at the same time. */
const AT_ONCE = 8

/** `leaf1`, `leaf1:8443`, `https://leaf1.example.net/command-api` */
export function eapiUrl(host: string): URL {
  const url = parseUrl(host.includes('://') ? host : `https://${host}`, 'eapi')
  if (url.pathname === '/') url.pathname = '/command-api'
  return url
}

/**
 * Asks each switch for its name, its neighbours and, where it tells them, its ifindexes.
 * @returns for each host its reading, or its failure
 * @throws InputError where credentials are missing
 * @see topology.md 6.3
 */
export async function fetchEapi(
  hosts: readonly string[],
  credentials: Credentials,
  client: HttpClient,
  report: LiveReport,
): Promise<PromiseSettledResult<Reading>[]> {
  const login = credentials.need(['SONDE_EAPI_USER', 'SONDE_EAPI_PASSWORD'], 'eAPI').join(':')
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`
  let done = 0
  report.progress('eapi', 0, hosts.length, `0 of ${hosts.length} switches`)
  return settleAll(hosts, AT_ONCE, async (host) => {
    try {
      return await askSwitch(eapiUrl(host), authorization, client, report)
    } finally {
      report.progress('eapi', ++done, hosts.length, `${done} of ${hosts.length} switches`)
    }
  })
}

async function askSwitch(url: URL, authorization: string, client: HttpClient, report: LiveReport): Promise<Reading> {
  const run = async (cmds: readonly string[]): Promise<readonly JsonObject[]> => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      method: 'runCmds',
      params: { version: 1, cmds, format: 'json' },
      id: 'sonde',
    })
    const { status, text } = await client.send({ method: 'POST', url, headers: { authorization }, body })
    const where = showUrl(url)
    if (status === 401 || status === 403) {
      throw new InputError(`${where}: user or password is refused (${status}).`, [
        'Check SONDE_EAPI_USER and SONDE_EAPI_PASSWORD.',
      ])
    }
    if (status === 404)
      throw new InputError(`${where}: there is no eAPI (404).`, [
        'On the switch: management api http-commands, no shutdown',
      ])
    if (status !== 200) throw new EnvironmentError(`${where}: it answered ${status}: ${reason(text)}`)
    const { value } = readJson(text, where, false)
    if (isObject(value) && isObject(value.error)) throw eapiError(value.error, where)
    if (isObject(value) && Array.isArray(value.result)) return value.result.filter(isObject)
    throw new EnvironmentError(`${where}: the answer is no JSON-RPC result.`)
  }
  const result = [...(await run(['show hostname', 'show lldp neighbors detail']))]
  try {
    result.push(...(await run(['show snmp mib ifmib ifindex'])))
  } catch (error) {
    // It has names of ports all the same, and sFlow may tell the rest.
    if (!(error instanceof InputError)) throw error
    report.detail(`${showUrl(url)} does not tell its ifindexes: ${error.message}`)
  }
  return readEapiJson(new JsonText(showUrl(url), { result }, new Map()), { name: url.hostname, guessed: true })
}
