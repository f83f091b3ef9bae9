// Owns URLs of servers: what is accepted, and how they are shown. See http.ts for the folder.

import { InputError } from '../errors.ts'

/** Without what is secret in it: user, password, query. */
export function showUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`
}

/**
 * The URL of a server.
 * @param hints an example of a good one, and how user and password are given instead
 * @throws InputError for what is no http or https URL, and for one with a password, which others could read
 */
export function parseUrl(
  text: string,
  what: string,
  { example = 'https://netbox.example.net', secrets = 'by variable or --credentials FILE' } = {},
): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const shown = text.replace(/\/\/[^/]*@/, '//…@')
    throw new InputError(`${what} "${shown}" is not understood. Give a URL, such as ${example}.`)
  }
  if (/,\s*https?:\/\//.test(text)) throw new InputError(`${what} has several URLs in it. Give one.`)
  if (url.username !== '' || url.password !== '') {
    throw new InputError(`${what}: a URL with a password in it can be read by everybody on this machine.`, [
      `Leave user and password out and give them ${secrets}.`,
    ])
  }
  return url
}
