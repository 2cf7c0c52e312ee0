import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { GodwitError } from '../errors.ts'
import type { Lease, Migration } from '../ports/index.ts'

/** Names the sessions of one owner, on source and target: `godwit m-7f3k e12 stream`. */
export function labelSessions({ shortId }: Migration, { epoch }: Lease): string {
  return `${shortId} e${epoch}`
}

export interface FormerSessions {
  readonly migration: Migration
  readonly lease: Lease
  /** Those of owners up to this epoch are ended. */
  readonly upTo: bigint
}

/** The other sessions of a migration, walsenders included, with the epoch of the owner that has opened them. */
const sessionsSql = `
  select pid, epoch::text as epoch
    from (select pid, substring(application_name from '^godwit ' || $1 || ' e([0-9]{1,18}) ')::bigint as epoch
            from pg_catalog.pg_stat_activity
           where datname = pg_catalog.current_database() and pid <> pg_catalog.pg_backend_pid()) as a
   where epoch is not null`

interface FoundSession {
  readonly pid: number
  readonly epoch: string
}

/** A session ends within milliseconds of being told so, unless its server is very busy. */
const patienceMs = 15_000
const intervalMs = 20

/**
 * Ends sessions of a migration on the server, and resolves when they are gone: what they had sent has then taken
 * effect, or never will.
 * @throws GodwitError LEASE_LOST when a later owner is there, FORMER_SESSIONS_REMAIN; errors of pg
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL
 */
export async function endFormerSessions(
  client: pg.Client,
  { migration, lease, upTo }: FormerSessions,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = performance.now() + patienceMs
  for (;;) {
    signal.throwIfAborted()
    const { rows } = await client.query<FoundSession>(sessionsSql, [migration.shortId])
    if (rows.some(({ epoch }) => BigInt(epoch) > lease.epoch)) throw overtaken(lease)
    const former = rows.filter(({ epoch }) => BigInt(epoch) <= upTo)
    if (former.length === 0) return
    if (performance.now() > deadlineMs) throw remain(former)
    for (const { pid } of former) await client.query('select pg_catalog.pg_terminate_backend($1)', [pid])
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
  }
}

function overtaken({ migrationId, epoch }: Lease): GodwitError {
  return new GodwitError('LEASE_LOST', `An owner after epoch ${epoch} works on migration ${migrationId}.`)
}

function remain(former: readonly FoundSession[]): GodwitError {
  const pids = former.map(({ pid }) => pid).join(', ')
  return new GodwitError('FORMER_SESSIONS_REMAIN', `Sessions of a former owner do not end: ${pids}.`)
}
