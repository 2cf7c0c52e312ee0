import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { v7 } from 'uuid'
import { afterAll, beforeAll } from 'vitest'
import { openControlStores } from '../../db/index.ts'
import {
  lsnFromBigInt,
  wholeDatabase,
  type CheckOutcome,
  type CommandContext,
  type ConnectionSettings,
  type ControlStores,
  type CutoverPlan,
  type Endpoint,
  type Lease,
  type Migration,
  type NewLagSample,
  type NewMigration,
  type PlanRequest,
  type VerifyReport,
} from '../../engine/index.ts'
import { calm } from '../engine/cutover/measurement.ts'
import { createControlDatabase, type TestClient, type TestDatabase } from '../support/servers.ts'

export { waitForBlocked } from '../support/blocked.ts'

const log = pino({ level: 'silent' })

/** A failure that may go away by itself. */
export const problem = { code: 'CONNECTION_LOST', message: 'The source is away.', remedy: 'Wait.' } as const

/** Stores on a fresh control database, and that database. */
export interface TestStores extends AsyncDisposable {
  readonly stores: ControlStores
  readonly database: TestDatabase
  /** Opens the same database once more, as another process would. */
  readonly open: (secretKey?: Buffer) => Promise<ControlStores & AsyncDisposable>
}

export async function openTestStores(): Promise<TestStores> {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await createControlDatabase())
  const ownKey = randomBytes(32)
  const open = (secretKey: Buffer = ownKey) =>
    openControlStores({ databaseUrl: database.url, secretKey, log })
  const stores = stack.use(await open())
  const opened = stack.move()
  return { stores, database, open, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Stores for tests that do not mind what others leave behind. */
export function shareTestStores(): () => TestStores {
  let shared: TestStores | undefined
  beforeAll(async () => {
    shared = await openTestStores()
  })
  afterAll(async () => {
    await shared?.[Symbol.asyncDispose]()
  })
  return () => {
    if (shared === undefined) throw new Error('the shared stores are not open')
    return shared
  }
}

export const alice: CommandContext = { actor: { kind: 'token', id: 'token-of-alice', name: 'alice' } }
export const bob: CommandContext = { actor: { kind: 'token', id: 'token-of-bob', name: 'bob' } }

/** Somewhere that nobody connects to. */
export function connectionTo(host: string): ConnectionSettings {
  return { host, port: 5432, database: 'shop', user: 'mover', password: 'hunter2', tls: { mode: 'require' } }
}

export async function createEndpoint(stores: ControlStores, name: string): Promise<Endpoint> {
  return await stores.endpoints.create({ name, connection: connectionTo(`${name}.example`) }, alice)
}

/** A draft between two endpoints of its own. */
export async function createMigration(
  stores: ControlStores,
  overrides: Partial<NewMigration> = {},
): Promise<Migration> {
  const unique = randomBytes(4).toString('hex')
  const source = await createEndpoint(stores, `source-${unique}`)
  const target = await createEndpoint(stores, `target-${unique}`)
  const kind = { structure: true, fullCopy: true, incremental: true }
  return await stores.migrations.create(
    { sourceId: source.id, targetId: target.id, selection: wholeDatabase, kind, ...overrides },
    alice,
  )
}

export async function claim(stores: ControlStores, migrationId: string, owner = 'worker-1'): Promise<Lease> {
  const lease = await stores.leases.claim(migrationId, owner, 60_000)
  if (lease === null) throw new Error(`${owner} cannot claim ${migrationId}`)
  return lease
}

/** Of a lag sample: the source has all that the slot needs, and no long transactions. */
export const noRisk = { walStatus: 'reserved', safeWalBytes: null, oldestTransactionSeconds: 0 } as const

/** A sample of a target that has everything. */
export const noLag: NewLagSample = {
  bytes: 0n,
  seconds: 0,
  retainedBytes: 0n,
  ...noRisk,
  sourceLsn: lsnFromBigInt(1n),
  appliedLsn: lsnFromBigInt(1n),
  appliedTransactions: 0n,
  appliedChanges: 0n,
}

export function verifyReport(...outcomes: readonly CheckOutcome[]): VerifyReport {
  const worst = (['failed', 'warning'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'passed'
  return {
    outcome: worst,
    checks: outcomes.map((outcome, index) => ({
      check: `check-${index}`,
      title: `Check ${index}`,
      outcome,
      detail: 'as found',
      remedy: outcome === 'passed' ? null : 'mend it',
      statements: [],
    })),
    startedAt: new Date('2026-01-02T03:04:05.678Z'),
    finishedAt: new Date('2026-01-02T03:04:06.789Z'),
  }
}

/** Verified with the given outcomes of checks: READY, its lease given back. */
export async function makeReady(
  stores: ControlStores,
  migration: Migration,
  ...outcomes: readonly CheckOutcome[]
): Promise<Migration> {
  await stores.migrations.act({ migrationId: migration.id, action: 'VERIFY' }, alice)
  const lease = await claim(stores, migration.id)
  await stores.runs.saveVerifyReport(lease, verifyReport(...outcomes))
  const ready = await stores.runs.report(lease, 'VERIFY_PASSED')
  await stores.leases.release(lease)
  return ready
}

/** Started and begun: RUNNING, owned by `worker-1`. */
export async function makeRunning(
  stores: ControlStores,
): Promise<{ readonly migration: Migration; readonly lease: Lease }> {
  const draft = await createMigration(stores)
  await makeReady(stores, draft, 'passed')
  await stores.migrations.act({ migrationId: draft.id, action: 'START' }, alice)
  const lease = await claim(stores, draft.id)
  return { migration: await stores.runs.report(lease, 'BEGUN'), lease }
}

/** Running, with every row on the target: what can be completed. */
export async function makeFollowing(
  stores: ControlStores,
): Promise<{ readonly migration: Migration; readonly lease: Lease }> {
  const running = await makeRunning(stores)
  await stores.runs.saveStep(running.lease, { step: 'INCREMENTAL', status: 'RUNNING' })
  return running
}

/** A plan, measured as calm, that lives for ten minutes. */
export async function planCutover(
  stores: ControlStores,
  migration: Migration,
  {
    overrides = {},
    context = alice,
  }: {
    readonly overrides?: Partial<PlanRequest>
    readonly context?: CommandContext
  } = {},
): Promise<CutoverPlan> {
  return await stores.cutovers.plan(
    {
      migrationId: migration.id,
      options: { fencing: 'NONE', quietMs: 0, maxPauseMs: 300_000, compare: true },
      expiresInMs: 600_000,
      measured: calm,
      measuredVersion: migration.version,
      ...overrides,
    },
    context,
  )
}

/** The migration as it is now. */
export async function reread(stores: ControlStores, { id }: Pick<Migration, 'id'>): Promise<Migration> {
  const migration = await stores.migrations.find(id)
  if (migration === null) throw new Error(`there is no migration ${id}`)
  return migration
}

/** Appends as our transactions do, in one that the test holds open. */
export async function insertEvent(client: TestClient, migrationId: string, message: string): Promise<void> {
  await client.query(
    `with next as (
       update godwit_control.migrations set event_sequence = event_sequence + 1 where id = $2
       returning event_sequence
     )
     insert into godwit_control.events (id, migration_id, sequence, type, message, payload, actor_kind, actor_id, actor_name)
     select $1, $2, event_sequence, 'NOTE', $3, '{}', 'system', 'test', 'test' from next`,
    [v7(), migrationId, message],
  )
}

/** Changes the database as if it had been dumped in a cluster that has counted further, and restored into this one. */
export async function pretendRestored(database: TestDatabase): Promise<void> {
  const raised = (column: string) => `${column} = (${column}::text::bigint + 1000000000000)::text::xid8`
  await database.query(`update godwit_control.events set ${raised('xid')}`)
  await database.query(`update godwit_control.webhooks set ${raised('cursor_xid')}`)
}

/** What the promise is going to reject with; undefined if it does not. Listens at once, unlike `expect`. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
}
