/** The control database: PostgreSQL behind the ports of the engine. The embedded server has a door of its own. */
import type { Logger } from 'pino'
import type { ControlStores } from '../engine/index.ts'
import { adoptFeed } from './adopt-feed.ts'
import { applyMigrations, isSchemaCurrent } from './apply-migrations.ts'
import { openControlDatabase } from './control-database.ts'
import { createNudgeQueue } from './dispatcher.ts'
import { openDoorbell } from './doorbell.ts'
import { createSecretBox } from './secrets.ts'
import { createAlarmStore } from './stores/alarms/index.ts'
import { createApprovalRuleStore } from './stores/approval-rule-store.ts'
import { createAuditLog } from './stores/audit-log.ts'
import { createBotRecordStore } from './stores/bot-record-store.ts'
import { createCutoverStore } from './stores/cutover-store.ts'
import { createCutoverWindowStore } from './stores/cutover-window-store.ts'
import { createEndpointStore } from './stores/endpoint-store.ts'
import { createEventLog } from './stores/event-log.ts'
import { createRecall } from './stores/idempotency.ts'
import { createIdleSlotStore } from './stores/idle-slot-store.ts'
import { createLeaseStore } from './stores/lease-store.ts'
import { createMigrationStore } from './stores/migration-store.ts'
import { createPasswordLinkStore } from './stores/password-link-store.ts'
import { createQueueStore } from './stores/queue-store.ts'
import { createRunStore } from './stores/run-store.ts'
import { makeShortId } from './stores/short-id.ts'
import { createTokenStore } from './stores/token-store.ts'
import { createWebhookQueue } from './stores/webhook-queue.ts'
import { createWebhookStore } from './stores/webhook-store.ts'

export { openControlServer, type ControlServer } from './control-server.ts'
export { loadSecretKey, type SecretKeyOptions } from './secret-key.ts'

export interface ControlStoresOptions {
  readonly databaseUrl: string
  /** 32 bytes; see `loadSecretKey`. */
  readonly secretKey: Buffer
  readonly log: Logger
}

/**
 * Opens the control database, after bringing its schema up to date. Any number of processes may do so at once.
 * Disposing waits for what is under way, the handlers of nudges included.
 * @throws GodwitError CONNECTION_LOST, CONFIGURATION_INVALID
 */
export async function openControlStores(
  options: ControlStoresOptions,
): Promise<ControlStores & AsyncDisposable> {
  const { databaseUrl, secretKey, log } = options
  const secrets = createSecretBox(secretKey)
  await using opening = new AsyncDisposableStack()
  const queue = opening.use(createNudgeQueue(databaseUrl, log))
  await applyMigrations(databaseUrl, async (session) => {
    await adoptFeed(session, log)
    await queue.start()
  })
  const database = opening.use(openControlDatabase(databaseUrl, log))
  const doorbell = opening.use(await openDoorbell(databaseUrl, log))
  const recall = createRecall(secrets)
  const opened = opening.move()
  return {
    endpoints: createEndpointStore({ database, secrets, recall }),
    passwordLinks: createPasswordLinkStore({ database, secrets }),
    migrations: createMigrationStore({ database, recall, nudge: queue.send, makeShortId }),
    cutovers: createCutoverStore({ database, recall }),
    approvalRules: createApprovalRuleStore({ database, recall }),
    leases: createLeaseStore(database),
    runs: createRunStore(database),
    queue: createQueueStore({ database, recall, nudge: queue.send }),
    cutoverWindows: createCutoverWindowStore({ database, recall, nudge: queue.send }),
    events: createEventLog(database),
    tokens: createTokenStore({ database, recall }),
    audit: createAuditLog(database),
    webhooks: createWebhookStore({ database, secrets, recall }),
    webhookQueue: createWebhookQueue(database, secrets),
    alarms: createAlarmStore({ database, recall }),
    idleSlots: createIdleSlotStore(database),
    botRecords: createBotRecordStore(database),
    doorbell,
    dispatcher: queue.dispatcher,
    isReady: () => database.run(isSchemaCurrent).catch(() => false),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
