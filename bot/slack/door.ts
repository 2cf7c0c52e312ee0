import type { RequestListener } from 'node:http'
import type { Context, Logger } from '@slack/bolt'
import { BotError } from '../errors.ts'
import type { SlackSettings } from '../settings.ts'
import { createSlackApp } from './app.ts'
import { openHttpDoor, signatureKey, timestampKey } from './http.ts'
import type { Installer } from './installer.ts'
import { SocketReceiver } from './socket.ts'

/** What a request over HTTP has proven by its signature, which was checked before. */
export interface SignedRequest {
  readonly signature: string
  readonly timestampS: number
  /** Slack says that it sends an event once more, for it had no answer. */
  readonly mayComeAgain: boolean
}

export interface DoorNeeds {
  readonly slack: SlackSettings
  readonly installer: Installer | undefined
  readonly logger: Logger
  readonly isRefusal: (error: unknown) => boolean
  /** `request` is what a signature has proven; absent with Socket Mode, where nobody else can send. */
  readonly receive: (
    body: unknown,
    request?: SignedRequest,
  ) => Promise<Readonly<Record<string, unknown>> | undefined>
}

/** Where Slack brings its deliveries to. */
export interface Door {
  readonly listener: RequestListener | undefined
  close(): Promise<void>
}

/** @throws BotError */
export async function openDoor(needs: DoorNeeds): Promise<Door> {
  const { slack, logger } = needs
  return slack.appToken === undefined
    ? await openOverHttp(needs)
    : await openSocket(needs, new SocketReceiver({ appToken: slack.appToken, apiUrl: slack.apiUrl, logger }))
}

async function openOverHttp({ slack, installer, logger, isRefusal, receive }: DoorNeeds): Promise<Door> {
  const { signingSecret } = slack
  if (signingSecret === undefined)
    throw new BotError('SLACK_SIGNING_SECRET is not set.', 'Copy it from “Basic Information” of the app.')
  const { receiver, listener } = openHttpDoor({ signingSecret, logger, isRefusal, installer })
  await createSlackApp({
    receiver,
    logger,
    receive: ({ body, context }) => receive(body, signedRequestOf(body, context)),
  })
  return { listener, close: async () => undefined }
}

async function openSocket({ logger, receive }: DoorNeeds, receiver: SocketReceiver): Promise<Door> {
  const app = await createSlackApp({ receiver, logger, receive: ({ body }) => receive(body) })
  await app.start()
  return { listener: undefined, close: () => receiver.stop() }
}

function signedRequestOf(body: unknown, context: Context): SignedRequest {
  const isEvent = typeof body === 'object' && body !== null && 'event_id' in body
  return {
    signature: String(context[signatureKey]),
    timestampS: Number(context[timestampKey]),
    mayComeAgain: isEvent && context.retryNum !== undefined,
  }
}
