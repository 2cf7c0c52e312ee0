import { expect } from 'vitest'
import { TestMigration } from '../../../support/control.ts'
import { holdStep } from '../../../support/hold-step.ts'
import { createDatabase, startServer, waitFor, type TestDatabase } from '../../../support/servers.ts'
import { ledgerSql, type Writers } from '../../../support/writers.ts'
import { setScene, shopSql, type Scene } from '../scene.ts'

export async function idsOf(database: TestDatabase): Promise<readonly string[]> {
  const { rows } = await database.query<{ id: string }>('select id::text from public.ledger order by id')
  return rows.map(({ id }) => id)
}

/** Every transaction that a writer saw committed has arrived, and nothing that nobody sent. */
export async function expectNothingLost(scene: Scene, { committed, unknown }: Writers): Promise<void> {
  const arrived = await idsOf(scene.target)
  expect([...committed].filter((id) => !arrived.includes(id))).toEqual([])
  expect(arrived.filter((id) => !committed.has(id) && !unknown.has(id))).toEqual([])
  await using session = await scene.source.connect()
  const { rows } = await session.query<{ id: string }>('select id::text from public.ledger order by id')
  expect(rows.map(({ id }) => id)).toEqual(arrived)
}

export async function eventsOf({ control, migration }: Scene, type: string) {
  const events = await control.stores.events.readMigration(migration.id, 0n, 500)
  return events.filter((event) => event.type === type)
}

export async function reachIncremental({ migration }: Scene): Promise<void> {
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
}

export async function waitForRefusal({ migration }: Scene, code: string): Promise<string> {
  const refused = await waitFor(
    async () => {
      const read = await migration.read()
      return read.status === 'RUNNING' && read.problem?.code === code && read
    },
    { describe: () => migration.situation() },
  )
  return refused.problem?.message ?? ''
}

/** Opens the source as people are told that they can. */
export async function liftByHand({ control, source, migration }: Scene): Promise<void> {
  const fence = await control.stores.migrations.fence(migration.id)
  await using session = await source.connect()
  for (const statement of fence!.undo) await session.query(`begin read write; ${statement}; commit`)
}

/** Keeps a table of the target from everybody until it is released. */
export async function lockTarget(target: TestDatabase, table: string) {
  const holder = await target.connect()
  await holder.query(`begin; lock table ${table} in access exclusive mode`)
  const [pid] = (await holder.query<{ pid: number }>('select pg_backend_pid() as pid')).rows
  const waiting = async () => {
    const { rows } = await target.query<{ pid: number }>(
      `select pid from pg_stat_activity where $1 = any (pg_blocking_pids(pid)) and application_name like 'godwit %'`,
      [pid!.pid],
    )
    return rows.map((row) => row.pid)
  }
  return {
    /** The sessions of Godwit that wait. */
    waiting,
    reached: async () => {
      await waitFor(async () => (await waiting()).length > 0, { describe: `Godwit to wait for ${table}` })
    },
    release: async () => {
      await holder.query('rollback')
    },
    [Symbol.asyncDispose]: () => holder[Symbol.asyncDispose](),
  }
}

/**
 * Keeps the drain waiting for a table of the target. What it waits with comes when the target has caught up, just before
 * the fence.
 */
export async function holdDrain({ control, source, target }: Scene) {
  await using opening = new AsyncDisposableStack()
  const fence = opening.use(await holdStep(control, 'FENCE', 'RUNNING'))
  let release = () => fence.release()
  const held = opening.move()
  return {
    reached: async () => {
      await fence.reached()
      const lock = held.use(await lockTarget(target, 'customer'))
      release = () => lock.release()
      await source.query('update customer set name = name where id = 1')
      await fence.release()
      await lock.reached()
    },
    release: () => release(),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** A scene whose source is a server of its own, which can go away. */
export async function setSceneOnOwnSource() {
  await using opening = new AsyncDisposableStack()
  const server = opening.use(await startServer({ version: 15 }))
  const target = opening.use(await createDatabase('target'))
  const elsewhere = opening.use(await setScene())
  const source = opening.use(await createDatabase(server))
  await source.query(shopSql + ledgerSql)
  const { control } = elsewhere
  const migration = await TestMigration.create(control.stores, { source, target })
  const opened = opening.move()
  const scene: Scene = {
    control,
    source,
    target,
    migration,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
  return { ...scene, server }
}
