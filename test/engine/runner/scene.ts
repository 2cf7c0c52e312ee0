import type { AlarmKind, AlarmState } from '../../../engine/index.ts'
import { openTestControl, startTestWorker, TestMigration } from '../../support/control.ts'
import type { TestControl, TestMigrationOptions } from '../../support/control.ts'
import { createDatabase, waitFor, type TestDatabase, type TestRole } from '../../support/servers.ts'

export const shopSql = `
  create table customer (id int generated always as identity primary key, name text not null);
  create table purchase (
    id bigserial primary key, customer_id int not null references customer, total numeric(12, 2) not null);
  create index on purchase (customer_id);
  create materialized view total_by_customer as
    select customer_id, sum(total) as total from purchase group by customer_id;
  create sequence ticket start 1000;
  insert into customer (name) select 'customer ' || i from generate_series(1, 100) i;
  insert into purchase (customer_id, total) select 1 + i % 100, i from generate_series(1, 1000) i;
  select nextval('ticket') from generate_series(1, 10);
  refresh materialized view total_by_customer;`

export interface SceneOptions extends Pick<TestMigrationOptions, 'kind' | 'selection'> {
  /** What is on the source. */
  readonly sql?: string
  /** Owns the target and is the user of its endpoint; else a superuser is. */
  readonly role?: TestRole
}

/** A shop on the source, an empty target, and a migration between them, not started. */
export interface Scene extends AsyncDisposable {
  readonly control: TestControl
  readonly source: TestDatabase
  readonly target: TestDatabase
  readonly migration: TestMigration
}

export async function setScene({ sql = shopSql, role, ...options }: SceneOptions = {}): Promise<Scene> {
  await using opening = new AsyncDisposableStack()
  const control = opening.use(await openTestControl())
  const source = opening.use(await createDatabase('source'))
  const target = opening.use(await createDatabase('target', role === undefined ? {} : { owner: role.user }))
  await source.query(sql)
  const asRole = { ...target, ...role }
  const migration = await TestMigration.create(control.stores, { ...options, source, target: asRole })
  const opened = opening.move()
  return { control, source, target, migration, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** A scene with a worker in the process of the test. */
export async function setWorkedScene(options: SceneOptions = {}): Promise<Scene> {
  await using opening = new AsyncDisposableStack()
  const scene = opening.use(await setScene(options))
  opening.use(startTestWorker(scene.control.stores))
  const opened = opening.move()
  return { ...scene, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

export async function waitForAlarm(
  { control, migration }: Pick<Scene, 'control' | 'migration'>,
  kind: AlarmKind,
  state: AlarmState,
): Promise<void> {
  const { alarms } = control.stores
  const read = async () => (await alarms.list({ migrationId: migration.id }, { first: 100 })).items
  await waitFor(async () => (await read()).some(({ item }) => item.kind === kind && item.state === state), {
    timeoutMs: 60_000,
    describe: async () =>
      `${kind} ${state} (${JSON.stringify((await read()).map(({ item }) => item))}, ${await migration.situation()})`,
  })
}
