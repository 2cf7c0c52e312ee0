import { Client } from 'pg'
import type { Step, StepStatus } from '../../engine/index.ts'
import { waitFor } from './wait-for.ts'

/** Keeps whoever writes a certain status of a step waiting, in the middle of that transaction. */
export interface StepHold extends AsyncDisposable {
  /** Resolves when somebody waits. */
  reached(): Promise<void>
  /** Lets them go on, if they still live, and holds nobody any more. */
  release(): Promise<void>
}

const holdSql = `
  create function public.hold_step() returns trigger language plpgsql as $$
    begin
      if new.step = tg_argv[0] and new.status = tg_argv[1] and old.status <> new.status then
        perform pg_catalog.pg_advisory_xact_lock(4711);
      end if;
      return new;
    end $$`

/** Of a control database that is only this test's. */
export async function holdStep(
  { databaseUrl }: { readonly databaseUrl: string },
  step: Step,
  status: StepStatus,
): Promise<StepHold> {
  const client = new Client(databaseUrl)
  await client.connect()
  await client.query(holdSql)
  await client.query(
    `create trigger hold before update on godwit_control.steps
       for each row execute function public.hold_step('${step}', '${status}')`,
  )
  await client.query('select pg_advisory_lock(4711)')
  const release = async () => {
    await client.query('select pg_advisory_unlock_all()')
    await client.query('drop function if exists public.hold_step() cascade')
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
        { timeoutMs: 30_000, describe: `${step} to become ${status}` },
      )
    },
    release,
    [Symbol.asyncDispose]: async () => {
      await release()
      await client.end()
    },
  }
}
