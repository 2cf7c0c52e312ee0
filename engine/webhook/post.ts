import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { publicLookup } from './public-lookup.ts'
import type { WebhookSettings } from './settings.ts'

export interface Post {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What came back. */
export interface Answer {
  readonly statusCode: number
  readonly retryAfter: string | null
  /** Of a failure: the beginning of the answer's body. */
  readonly excerpt: string
}

const excerptLength = 300

/**
 * Sends one request over a connection of its own, and follows no redirect. Throws what Node throws when there is no
 * answer within the time, or `signal` aborts.
 */
export async function post(
  { url, headers, body }: Post,
  settings: Pick<WebhookSettings, 'allowPrivateAddresses' | 'timeoutMs'>,
  signal: AbortSignal,
): Promise<Answer> {
  const content = Buffer.from(body)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)])
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const sending = request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Godwit',
      'content-length': content.length,
      ...headers,
    },
    // A connection that is kept could lead to an address that was checked long ago.
    agent: false,
    // Whatever the environment says.
    rejectUnauthorized: true,
    signal: limit,
    ...(!settings.allowPrivateAddresses && { lookup: publicLookup }),
  })
  try {
    const response = onResponse(sending)
    sending.end(content)
    return await readAnswer(await response, limit)
  } finally {
    sending.destroy()
  }
}

async function onResponse(sending: ReturnType<typeof requestHttp>): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    sending.once('response', (response) => {
      response.on('error', ignore)
      resolve(response)
    })
    sending.on('error', reject)
  })
}

function ignore(): void {
  // The connection is cut as soon as enough is known.
}

async function readAnswer(response: IncomingMessage, signal: AbortSignal): Promise<Answer> {
  const statusCode = response.statusCode ?? 0
  const retryAfter = response.headers['retry-after'] ?? null
  const isSuccess = statusCode >= 200 && statusCode < 300
  return { statusCode, retryAfter, excerpt: isSuccess ? '' : await readExcerpt(response, signal) }
}

/** Never fails: the status was answered, and is what counts. */
async function readExcerpt(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
    if (text.length > excerptLength) response.destroy()
  })
  await once(response, 'close', { signal }).catch(() => undefined)
  return text.slice(0, excerptLength)
}
