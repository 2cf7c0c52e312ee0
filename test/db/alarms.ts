import type {
  Alarm,
  AlarmFilter,
  ControlStores,
  Lease,
  MigrationEvent,
  NewLagSample,
} from '../../engine/index.ts'
import type { TestDatabase } from '../support/servers.ts'
import { alice, claim, makeRunning, noLag, openTestStores, type TestStores } from './fixtures.ts'

const never = new AbortController().signal

/** What a worker does every other second. */
export async function evaluate({ alarms }: ControlStores): Promise<void> {
  await alarms.evaluate(never)
}

export async function listAlarms(
  { alarms }: ControlStores,
  filter: AlarmFilter = {},
): Promise<readonly Alarm[]> {
  return (await alarms.list(filter, { first: 100 })).items.map(({ item }) => item)
}

/** What the log says of alarms, oldest first. */
export async function readAlarmEvents(
  { events }: ControlStores,
  id: string,
): Promise<readonly MigrationEvent[]> {
  return (await events.readMigration(id, 0n, 1000)).filter(({ type }) => type.startsWith('ALARM'))
}

export async function readAlarmEventTypes(stores: ControlStores, id: string): Promise<readonly string[]> {
  return (await readAlarmEvents(stores, id)).map(({ type }) => type)
}

/** As if all that was noted of alarms and samples had been so much earlier. */
export async function letPass(database: TestDatabase, interval: string): Promise<void> {
  const columns = {
    lag_samples: ['at'],
    alarms: ['opened_at', 'clear_since', 'acknowledged_at', 'escalated_at', 'resolved_at', 'announced_at'],
    alarm_mutes: ['created_at', 'until'],
  }
  for (const [table, moments] of Object.entries(columns)) {
    const moved = moments.map((column) => `${column} = ${column} - $1::interval`).join(', ')
    await database.query(`update godwit_control.${table} set ${moved}`, [interval])
  }
}

export interface FollowedScene extends AsyncDisposable {
  readonly control: TestStores
  readonly stores: ControlStores
  readonly database: TestDatabase
  readonly id: string
  readonly lease: Lease
  /** A sample a second, oldest first, the last of them now. */
  readonly lag: (...samples: readonly Partial<NewLagSample>[]) => Promise<void>
}

/** A migration in incremental, owned by `worker-1`, which takes no samples but those of the test. */
export async function followScene(): Promise<FollowedScene> {
  await using opening = new AsyncDisposableStack()
  const control = opening.use(await openTestStores())
  const { stores, database } = control
  const { migration, lease } = await makeRunning(stores)
  await stores.runs.saveStep(lease, { step: 'INCREMENTAL', status: 'RUNNING' })
  const opened = opening.move()
  return {
    control,
    stores,
    database,
    id: migration.id,
    lease,
    async lag(...samples) {
      for (const sample of samples) {
        await database.query(`update godwit_control.lag_samples set at = at - interval '1 second'`)
        await stores.runs.addLagSample(lease, { ...noLag, ...sample })
      }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** As after a failure that a person has mended: RUNNING again, with a new lease. */
export async function goOn({ stores, id }: FollowedScene, former: Lease): Promise<Lease> {
  await stores.leases.release(former)
  await stores.migrations.act({ migrationId: id, action: 'RETRY' }, alice)
  await evaluate(stores)
  const lease = await claim(stores, id)
  await stores.runs.report(lease, 'BEGUN')
  return lease
}

export const late = { seconds: 90 }
export const inTime = { seconds: 0 }
