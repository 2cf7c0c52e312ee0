import { z } from 'zod'
import { defaultRoles, parseRoles } from '../bot/settings.ts'
import { GodwitError } from '../engine/index.ts'
import { isForSlack, slackProblems } from './slack-configuration.ts'

const roles = ['api', 'worker', 'bot'] as const

export type Role = (typeof roles)[number]

const roleList = z
  .string()
  .transform((text) => text.split(',').map((role) => role.trim()))
  .pipe(z.array(z.enum(roles)).min(1))

const slackRoles = z.string().transform((text, context) => {
  try {
    return parseRoles(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be read' })
    return z.NEVER
  }
})

const slackChannel = z
  .string()
  .regex(
    /^(T[A-Z0-9]+\/)?[CG][A-Z0-9]+$/,
    'must be the id of a channel, such as C0123456789, or of a workspace and its channel: T0123456789/C0123456789',
  )
  .transform((text) => {
    const [channel = '', team = null] = text.split('/').toReversed()
    return { team, channel }
  })

const slackWorkspaces = z
  .string()
  .transform((text) => text.split(',').map((id) => id.trim()))
  .pipe(
    z.array(z.string().regex(/^T[A-Z0-9]+$/, 'must be ids of workspaces, such as T0123456789,T9876543210')),
  )

function secretKeyProblems(env: {
  readonly DATABASE_URL?: string | undefined
  readonly GODWIT_SECRET_KEY?: string | undefined
}) {
  if (env.DATABASE_URL === undefined || env.GODWIT_SECRET_KEY !== undefined) return []
  const message =
    'is needed with DATABASE_URL: all processes must read the same secrets (openssl rand -base64 32)'
  return [{ variable: 'GODWIT_SECRET_KEY', message }]
}

/** The bot only where there is a Slack for it. */
function rolesByDefault(env: Parameters<typeof isForSlack>[0]): Role[] {
  return roles.filter((role) => role !== 'bot' || isForSlack(env))
}

const onOff = z.enum(['on', 'off']).transform((value) => value === 'on')

const publicUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !/[?#]/.test(text), 'must have no query and no fragment')
  .transform((text) => text.replace(/\/+$/, ''))

/** Every variable that Godwit reads, with what it means when it is not set. */
const environment = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
    HOST: z.string().min(1).default('127.0.0.1'),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    GODWIT_DATA_DIR: z.string().min(1).default('.godwit'),
    GODWIT_SECRET_KEY: z.string().min(1).optional(),
    GODWIT_ADMIN_TOKEN: z.string().min(1).optional(),
    GODWIT_ROLES: roleList.optional(),
    GODWIT_LEASE_SECONDS: z.coerce.number().min(2).max(600).default(30),
    GODWIT_MAX_MIGRATIONS: z.coerce.number().int().min(1).max(100).default(4),
    GODWIT_COPY_SESSIONS: z.coerce.number().int().min(1).max(64).default(2),
    GODWIT_WEBHOOK_PRIVATE_ADDRESSES: onOff.default(false),
    GODWIT_PUBLIC_URL: publicUrl.optional(),
    GODWIT_GRAPHIQL: onOff.default(false),
    GODWIT_INTROSPECTION: onOff.default(true),
    SLACK_BOT_TOKEN: z.string().startsWith('xox', 'must be a bot token, xoxb-…').optional(),
    SLACK_SIGNING_SECRET: z.string().min(1).optional(),
    SLACK_APP_TOKEN: z.string().startsWith('xapp-', 'must be an app-level token, xapp-…').optional(),
    SLACK_CLIENT_ID: z.string().min(1).optional(),
    SLACK_CLIENT_SECRET: z.string().min(1).optional(),
    GODWIT_SLACK_WORKSPACES: slackWorkspaces.optional(),
    SLACK_API_URL: z.url({ protocol: /^https?$/ }).optional(),
    GODWIT_SLACK_ROLES: slackRoles.default(() => parseRoles(defaultRoles)),
    GODWIT_SLACK_CHANNEL: slackChannel.optional(),
    GODWIT_SLACK_EXTERNAL: onOff.default(false),
    GODWIT_API_URL: z.url({ protocol: /^https?$/ }).optional(),
    GODWIT_API_TOKEN: z.string().min(1).optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .superRefine((env, context) => {
    for (const { variable, message } of [...secretKeyProblems(env), ...slackProblems(env)])
      context.addIssue({ code: 'custom', path: [variable], message })
  })
  .transform((env) => ({
    ...env,
    GODWIT_ROLES: env.GODWIT_ROLES ?? rolesByDefault(env),
  }))

export type Configuration = z.infer<typeof environment>

/**
 * Reads the environment. An empty variable counts as not set.
 * @throws GodwitError CONFIGURATION_INVALID, naming everything that is wrong at once, but no values
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new GodwitError('CONFIGURATION_INVALID', `The environment is not right:\n  ${problems.join('\n  ')}`)
}
