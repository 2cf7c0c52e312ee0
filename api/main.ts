/** Godwit as a program: the control database, the API, a worker and the Slack bot, as GODWIT_ROLES says. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { pino, type Logger } from 'pino'
import { BotError } from '../bot/index.ts'
import { loadSecretKey, openControlServer, openControlStores } from '../db/index.ts'
import {
  defaultRetryPolicy,
  isGodwitError,
  lookAfter,
  measureCutover,
  runWorker,
  searchObjects,
  testConnection,
  type ControlStores,
  type WebhookSettings,
} from '../engine/index.ts'
import { runBotApart, runBotBeside } from './bot-role.ts'
import { readConfiguration, type Configuration } from './configuration.ts'
import { createMount } from './http/index.ts'
import { startApi } from './server.ts'
import { stopOnSignals } from './stop-on-signals.ts'

async function main(): Promise<void> {
  const configuration = readConfiguration(process.env)
  const log = pino({ level: configuration.LOG_LEVEL })
  const asked = stopOnSignals(log)

  const roles = new Set(configuration.GODWIT_ROLES)
  if (!roles.has('api') && !roles.has('worker')) {
    const secretKey = await readSecretKey(configuration)
    return await runBotApart({ configuration, secretKey, log }, asked)
  }

  await using database = await openControlServer(
    { url: configuration.DATABASE_URL, dataDir: configuration.GODWIT_DATA_DIR, log },
    asked,
  )
  const ending = new AbortController()
  const stop = AbortSignal.any([asked, database.lost, ending.signal])
  const secretKey = await readSecretKey(configuration)
  await using stores = await openControlStores({ databaseUrl: database.url, secretKey, log })
  await printFirstToken(stores, configuration)

  const work = roles.has('worker') ? startWorker : startWatch
  const worker = work(stores, configuration, log, stop)
  worker.catch(() => ending.abort())
  try {
    if (roles.has('api')) await serveApi({ stores, configuration, secretKey, log }, stop)
    else if (roles.has('bot')) await runBotApart({ configuration, secretKey, log }, stop)
    else await untilAborted(stop)
  } finally {
    ending.abort()
    await worker
  }
  log.info('stopped')
  if (database.lost.aborted) process.exitCode = 1
}

function readSecretKey(configuration: Configuration): Promise<Buffer> {
  const { GODWIT_SECRET_KEY: fromEnvironment, GODWIT_DATA_DIR: dataDir } = configuration
  return loadSecretKey({ ...(fromEnvironment !== undefined && { fromEnvironment }), dataDir })
}

/** On an empty control database only; afterwards nobody can read it again. */
async function printFirstToken(stores: ControlStores, configuration: Configuration): Promise<void> {
  const chosen = configuration.GODWIT_ADMIN_TOKEN
  const token = await stores.tokens.createFirstAdmin(chosen)
  if (token === null || chosen !== undefined) return
  process.stdout.write(`\nFirst admin token, shown only this once:\n\n  ${token}\n\n`)
}

interface ApiRole {
  readonly stores: ControlStores
  readonly configuration: Configuration
  readonly secretKey: Buffer
  readonly log: Logger
}

async function serveApi(role: ApiRole, stop: AbortSignal): Promise<void> {
  const { stores, configuration, log } = role
  const slack = createMount('/slack/')
  await using api = await startApi({
    stores,
    testConnection,
    searchObjects,
    measureCutover,
    log,
    host: configuration.HOST,
    port: configuration.PORT,
    options: {
      introspection: configuration.GODWIT_INTROSPECTION,
      graphiql: configuration.GODWIT_GRAPHIQL,
      webhooks: webhookSettings(configuration),
      publicUrl: configuration.GODWIT_PUBLIC_URL,
    },
    mounts: [slack.mount],
  })
  log.info({ url: api.url }, 'the API listens')
  if (!configuration.GODWIT_ROLES.includes('bot')) return await untilAborted(stop)
  await runBotBeside({ ...role, tokens: stores.tokens, apiUrl: api.url, serve: slack.serve }, stop)
}

function webhookSettings(configuration: Configuration): Partial<WebhookSettings> {
  return { allowPrivateAddresses: configuration.GODWIT_WEBHOOK_PRIVATE_ADDRESSES }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

function startWorker(
  stores: ControlStores,
  configuration: Configuration,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  const options = {
    owner: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
    leaseTtlMs: configuration.GODWIT_LEASE_SECONDS * 1_000,
    maxMigrations: configuration.GODWIT_MAX_MIGRATIONS,
    pollMs: 1_000,
    retryPolicy: defaultRetryPolicy,
    copySessions: configuration.GODWIT_COPY_SESSIONS,
    webhooks: webhookSettings(configuration),
  }
  return runWorker({ stores, options, log: log.child({ owner: options.owner }) }, stop)
}

function startWatch(
  stores: ControlStores,
  configuration: Configuration,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  return lookAfter({ stores, webhooks: webhookSettings(configuration), log }, stop)
}

try {
  await main()
} catch (error) {
  if (isGodwitError(error) || error instanceof BotError)
    process.stderr.write(`${error.message}\n${error.remedy}\n`)
  else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
}
// What a server that does not answer has left open must not keep the process.
process.exit()
