import { randomBytes } from 'node:crypto'
import { pino, type Logger } from 'pino'
import { openControlStores } from '../../db/index.ts'
import {
  defaultRetryPolicy,
  measureCutover,
  resolveCutoverOptions,
  runWorker,
  wholeDatabase,
  type Action,
  type CommandContext,
  type ControlStores,
  type CutoverOptions,
  type CutoverPlan,
  type Kind,
  type Migration,
  type Selection,
  type Status,
  type Step,
  type WorkerOptions,
} from '../../engine/index.ts'
import { settingsOf } from './connection.ts'
import { createControlDatabase, waitFor, type AnyServer, type TestDatabase } from './servers.ts'

/** As whom the tests act. */
const testContext: CommandContext = { actor: { kind: 'system', id: 'test', name: 'test' } }

/** A fresh control database. */
export interface TestControl extends AsyncDisposable {
  readonly stores: ControlStores
  readonly databaseUrl: string
  readonly secretKey: Buffer
}

const silentLog = pino({ level: process.env.TEST_LOG ?? 'silent' }, pino.destination(2))

export async function openTestControl(server: AnyServer = 'control'): Promise<TestControl> {
  const database = await createControlDatabase(server)
  const secretKey = randomBytes(32)
  const stores = await openControlStores({ databaseUrl: database.url, secretKey, log: silentLog })
  return {
    stores,
    databaseUrl: database.url,
    secretKey,
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

/** A worker in the process of the test, stopped with its scope. */
export function startTestWorker(
  stores: ControlStores,
  overrides: Partial<WorkerOptions> = {},
  log: Logger = silentLog,
): AsyncDisposable {
  const stop = new AbortController()
  const options = {
    owner: `test-${randomBytes(4).toString('hex')}`,
    leaseTtlMs: 30_000,
    maxMigrations: 4,
    pollMs: 100,
    retryPolicy: { ...defaultRetryPolicy, firstDelayMs: 50, maxDelayMs: 500 },
    copySessions: 2,
    ...overrides,
  }
  const running = runWorker({ stores, options, log }, stop.signal)
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

export interface TestMigrationOptions {
  readonly source: TestDatabase
  readonly target: TestDatabase
  /** Tells the endpoints from those of another migration between the same databases. */
  readonly label?: string
  readonly selection?: Selection
  readonly kind?: Kind
}

/** One migration of a test, and what tests do with it. */
export class TestMigration {
  readonly id: string
  readonly shortId: string
  readonly #stores: ControlStores

  private constructor(stores: ControlStores, migration: Migration) {
    this.#stores = stores
    this.id = migration.id
    this.shortId = migration.shortId
  }

  static async create(stores: ControlStores, options: TestMigrationOptions): Promise<TestMigration> {
    const { source, target, label = '' } = options
    const from = await stores.endpoints.create(
      { name: `from ${source.name}${label}`, connection: settingsOf(source) },
      testContext,
    )
    const to = await stores.endpoints.create(
      { name: `to ${target.name}${label}`, connection: settingsOf(target) },
      testContext,
    )
    const migration = await stores.migrations.create(
      {
        sourceId: from.id,
        targetId: to.id,
        selection: options.selection ?? wholeDatabase,
        kind: options.kind ?? { structure: true, fullCopy: true, incremental: true },
      },
      testContext,
    )
    return new TestMigration(stores, migration)
  }

  async act(action: Exclude<Action, 'COMPLETE'>): Promise<Migration> {
    return await this.#stores.migrations.act(
      { migrationId: this.id, action, acceptWarnings: true },
      testContext,
    )
  }

  /** Measures and plans; without a rule the plan needs no approval. */
  async plan(options: Partial<CutoverOptions> = {}): Promise<CutoverPlan> {
    const { endpoints, cutovers } = this.#stores
    const subject = await cutovers.subject(this.id)
    const { kind, sourceId, targetId, version } = subject.migration
    const resolved = resolveCutoverOptions({ fencing: 'NONE', quietMs: 0, ...options }, kind)
    const servers = {
      source: await endpoints.connection(sourceId),
      target: await endpoints.connection(targetId),
    }
    const measured = await measureCutover(
      { ...subject, ...servers, fencing: resolved.fencing },
      AbortSignal.timeout(30_000),
    )
    return await cutovers.plan(
      {
        migrationId: this.id,
        options: resolved,
        expiresInMs: 600_000,
        measured,
        measuredVersion: version,
      },
      testContext,
    )
  }

  /** Asks for the completion by a plan, a new one if none is given. */
  async complete(plan?: CutoverPlan): Promise<Migration> {
    const { digest } = plan ?? (await this.plan())
    return await this.#stores.migrations.act(
      { migrationId: this.id, action: 'COMPLETE', planDigest: digest, writesStopped: true },
      testContext,
    )
  }

  async read(): Promise<Migration> {
    const migration = await this.#stores.migrations.find(this.id)
    if (migration === null) throw new Error('the migration of the test is gone')
    return migration
  }

  /** Verifies and starts. */
  async start(): Promise<void> {
    await this.act('VERIFY')
    await this.waitForStatus('READY')
    await this.act('START')
  }

  async waitForStatus(status: Status, timeoutMs = 60_000): Promise<Migration> {
    await waitFor(async () => (await this.read()).status === status, {
      timeoutMs,
      describe: async () => `${status} (${await this.situation()})`,
    })
    return await this.read()
  }

  /** Waits until the step runs or is done. */
  async waitForStep(step: Step, timeoutMs = 60_000): Promise<void> {
    await waitFor(() => this.hasBegun(step), {
      timeoutMs,
      describe: async () => `${step} (${await this.situation()})`,
    })
  }

  async hasBegun(step: Step): Promise<boolean> {
    const state = (await this.#stores.migrations.steps(this.id)).find((each) => each.step === step)
    return state !== undefined && state.status !== 'PENDING' && state.status !== 'SKIPPED'
  }

  /** For the message of a test that waited in vain. */
  async situation(): Promise<string> {
    const { status, problem } = await this.read()
    const steps = await this.#stores.migrations.steps(this.id)
    const report = await this.#stores.migrations.verifyReport(this.id)
    const failed = report?.checks.filter((check) => check.outcome === 'failed')
    const step = steps.findLast((each) => each.status === 'RUNNING')?.step
    return JSON.stringify({ status, step, problem, failed })
  }
}

/** What Godwit made on source and target and is still there. */
export async function findLeftOvers(source: TestDatabase, target: TestDatabase): Promise<readonly string[]> {
  const onSource = await source.query<{ name: string }>(
    `select slot_name as name from pg_replication_slots where database = current_database() and slot_name like 'godwit%'
     union all select pubname from pg_publication`,
  )
  const onTarget = await target.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname = 'godwit'`,
  )
  return [...onSource.rows, ...onTarget.rows].map((row) => row.name)
}
