import { z } from 'zod'
import { GodwitError } from '../engine/index.ts'

const roles = ['api', 'worker'] as const

export type Role = (typeof roles)[number]

const roleList = z
  .string()
  .transform((text) => text.split(',').map((role) => role.trim()))
  .pipe(z.array(z.enum(roles)).min(1))

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
    GODWIT_ROLES: roleList.default(['api', 'worker']),
    GODWIT_LEASE_SECONDS: z.coerce.number().min(2).max(600).default(30),
    GODWIT_MAX_MIGRATIONS: z.coerce.number().int().min(1).max(100).default(4),
    GODWIT_COPY_SESSIONS: z.coerce.number().int().min(1).max(64).default(2),
    GODWIT_WEBHOOK_PRIVATE_ADDRESSES: onOff.default(false),
    GODWIT_PUBLIC_URL: publicUrl.optional(),
    GODWIT_GRAPHIQL: onOff.default(false),
    GODWIT_INTROSPECTION: onOff.default(true),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .refine((env) => env.DATABASE_URL === undefined || env.GODWIT_SECRET_KEY !== undefined, {
    path: ['GODWIT_SECRET_KEY'],
    message:
      'is needed with DATABASE_URL: all processes must read the same secrets (openssl rand -base64 32)',
  })

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
