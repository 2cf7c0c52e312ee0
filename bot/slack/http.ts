import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { HTTPReceiver, type Logger } from '@slack/bolt'
import type { Installer } from './installer.ts'

export interface HttpSettings {
  readonly signingSecret: string
  readonly logger: Logger
  /** Whether the request must not be sent again: it was refused, and not for want of something. */
  readonly isRefusal: (error: unknown) => boolean
  /** The pages on which workspaces install the app; absent with one workspace. */
  readonly installer: Installer | undefined
}

export interface HttpDoor {
  readonly receiver: HTTPReceiver
  /** Answers all that is asked for below `/slack/`. */
  readonly listener: RequestListener
}

/** What a signature has proven, in the context of a delivery. */
export const signatureKey = 'godwitSignature'
export const timestampKey = 'godwitTimestampS'

const maxBody = '1mb'
const eventsPath = '/slack/events'
const installPath = '/slack/install'
const redirectPath = '/slack/oauth_redirect'

/** Slack’s deliveries over HTTP, signed. They share a server with whatever else is there. */
export function openHttpDoor({ signingSecret, logger, isRefusal, installer }: HttpSettings): HttpDoor {
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: eventsPath,
    logger,
    bodyLimit: maxBody,
    // Otherwise Bolt would acknowledge events before they are written down.
    processBeforeResponse: true,
    customPropertiesExtractor: ({ headers }) => ({
      [signatureKey]: headers['x-slack-signature'],
      [timestampKey]: Number(headers['x-slack-request-timestamp']),
    }),
    processEventErrorHandler: async ({ error, response }) => {
      if (!response.headersSent) refuse(response, isRefusal(error) ? 401 : 503, isRefusal(error))
      return false
    },
  })
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const { method } = request
    const path = pathOf(request)
    if (method === 'POST' && path === eventsPath) return receiver.requestListener(request, response)
    if (method === 'GET' && path === installPath && installer) return installer.showPage(request, response)
    if (method === 'GET' && path === redirectPath && installer) return installer.finish(request, response)
    return refuse(response, 404, true)
  }
  return { receiver, listener }
}

function refuse(response: ServerResponse, status: number, isFinal: boolean): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    ...(isFinal && { 'x-slack-no-retry': '1' }),
  })
  response.end(`${messages[status] ?? ''}\n`)
}

const messages: Readonly<Record<number, string>> = {
  401: 'This request is not accepted.',
  404: 'There is nothing at this path.',
  503: 'Not now; send it again.',
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/'
}
