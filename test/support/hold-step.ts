import { Client } from 'pg'
import type { Step, StepStatus } from '../../engine/index.ts'
import { waitFor } from './wait-for.ts'

/** Keeps whoever makes a certain write on the control database waiting, in the middle of that transaction. */
export interface WriteHold extends AsyncDisposable {
  /** Resolves when somebody waits. */
  reached(): Promise<void>
  /** Lets them go on, if they still live, and holds nobody any more. */
  release(): Promise<void>
}

interface HeldWrite {
  readonly on: 'insert' | 'update'
  /** Of the schema godwit_control. */
  readonly table: string
  /** Of the rows `old` and `new`. */
  readonly when: string
}

const holdSql = `
  create function public.hold_write() returns trigger language plpgsql as $$
    begin
      perform pg_catalog.pg_advisory_xact_lock(4711);
      return new;
    end $$`

/** Of a control database that is only this test's; one at a time. */
export async function holdWrite(
  { databaseUrl }: { readonly databaseUrl: string },
  { on, table, when }: HeldWrite,
): Promise<WriteHold> {
  const client = new Client(databaseUrl)
  await client.connect()
  await client.query(holdSql)
  await client.query(
    `create trigger hold before ${on} on godwit_control.${table}
       for each row when (${when}) execute function public.hold_write()`,
  )
  await client.query('select pg_advisory_lock(4711)')
  const release = async () => {
    await client.query('select pg_advisory_unlock_all()')
    await client.query('drop function if exists public.hold_write() cascade')
  }
  return {
    reached: async () => {
      await waitFor(
        async () =>
          (
            await client.query(
              `select from pg_locks where locktype = 'advisory' and objid = 4711 and not granted
                 and database = (select oid from pg_database where datname = current_database())`,
            )
          ).rowCount === 1,
        { describe: `a write where ${when}` },
      )
    },
    release,
    [Symbol.asyncDispose]: async () => {
      await release()
      await client.end()
    },
  }
}

/** The same for who writes a certain status of a step. */
export async function holdStep(
  control: { readonly databaseUrl: string },
  step: Step,
  status: StepStatus,
): Promise<WriteHold> {
  const when = `new.step = '${step}' and new.status = '${status}' and old.status <> new.status`
  return await holdWrite(control, { on: 'update', table: 'steps', when })
}
