import { App, type Context, type Logger, type Receiver } from '@slack/bolt'

/** What a delivery brings, beside what it is about. */
export interface Arrival {
  readonly body: unknown
  /** What the receiver has added to it. */
  readonly context: Context
}

export type Receive = (arrival: Arrival) => Promise<Readonly<Record<string, unknown>> | undefined>

export interface SlackAppSettings {
  readonly receiver: Receiver
  readonly receive: Receive
  readonly logger: Logger
}

/**
 * Bolt, which knows how Slack’s deliveries arrive and are acknowledged. Who is asking and what is done is decided behind
 * `receive`: it knows whose workspace it is, and has to work also while nothing can be looked up.
 */
export async function createSlackApp({ receiver, receive, logger }: SlackAppSettings): Promise<App> {
  const app = new App({
    receiver,
    logger,
    authorize: async () => ({}),
    ignoreSelf: false,
    // What fails is thrown to the receiver, which decides what Slack is answered.
    extendedErrorHandler: false,
    deferInitialization: true,
  })
  app.use(async (args) => {
    const answer = await receive({ body: args.body, context: args.context })
    // Bolt acknowledges events itself.
    const ack = 'ack' in args ? args.ack : undefined
    if (isAcknowledge(ack)) await ack(answer)
  })
  app.error(async (error) => {
    throw originalOf(error)
  })
  await app.init()
  return app
}

/** Bolt wraps what is no error of its own. */
function originalOf(error: Error & { readonly original?: Error }): Error {
  return error.original ?? error
}

/** Bolt’s type of it is a union over everything that can be acknowledged, which what is received does not tell. */
function isAcknowledge(ack: unknown): ack is (answer: Awaited<ReturnType<Receive>>) => Promise<void> {
  return typeof ack === 'function'
}
