/** A bot in a process of its own, for tests that kill it: `/migrate start` makes an API token, which can be counted. */
import { pino } from 'pino'
import { graphql, payloadOf } from '../../bot/client/index.ts'
import { startBot } from '../../bot/index.ts'
import { plainMessage } from '../../bot/commands/index.ts'
import { parseRoles } from '../../bot/settings.ts'
import type { BotProcessSettings } from './bot-process.ts'

const CreateToken = graphql(`
  mutation CreateToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      __typename
      ... on CreateApiTokenPayload {
        token {
          id
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
    }
  }
`)

const settings: BotProcessSettings = JSON.parse(process.env.TEST_BOT ?? '{}')
await startBot(
  {
    slack: settings.slack,
    api: settings.api,
    roles: parseRoles('admin=*'),
    allowExternal: false,
    secretKey: Buffer.from(settings.secretKey, 'hex'),
    log: pino({ level: process.env.TEST_LOG ?? 'fatal' }, pino.destination(2)),
  },
  {
    commands: {
      start: {
        run: async (turn) => {
          const input = { name: 'counted', scopes: ['READ' as const], idempotencyKey: turn.deliveryKey }
          const { createApiToken } = await turn.api.execute(CreateToken, { input })
          payloadOf(createApiToken, 'CreateApiTokenPayload')
          await turn.tell(plainMessage('started'))
        },
      },
    },
    bare: { run: async () => undefined },
    actions: {},
    modals: {},
    options: {},
    events: {},
  },
)
process.stdout.write('ready\n')
