import type { IncomingMessage } from 'node:http'

/**
 * Whether a request is of no browser, or of a page that this server, or the proxy before it, has served. Pages of
 * other origins are refused, so that none can reach a Godwit on the machine or network of who looks at it.
 */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  if (origin === undefined) return true
  const forwardedHost = headers['x-forwarded-host']
  const originHost = URL.canParse(origin) ? new URL(origin).host : undefined
  return originHost !== undefined && (originHost === host || originHost === forwardedHost)
}
