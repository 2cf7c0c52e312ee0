import type pg from 'pg'
import { GodwitError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { pollUntil } from '../../replication/poll.ts'

/** A session of the database that is not the asking one. */
interface OtherSession {
  readonly pid: number
  readonly role: string
  readonly application: string
  readonly superuser: boolean
  /** By the rule of the server: superusers' sessions only by superusers, others' by members or pg_signal_backend. */
  readonly may_end: boolean
  readonly since_fence: boolean
}

/**
 * Workers of the server have no user or are not client backends; what they do is seen in the log of changes.
 * Without pg_read_all_stats the kind and the beginning of others' sessions are null.
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL
 */
const othersSql = `
  select a.pid, r.rolname::text as role, a.application_name as application, r.rolsuper as superuser,
         me.rolsuper or (not r.rolsuper and (pg_catalog.pg_has_role(r.oid, 'USAGE')
           or pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))) as may_end,
         coalesce(a.backend_start >= $1::timestamptz, true) as since_fence
    from pg_catalog.pg_stat_activity a
    join pg_catalog.pg_roles r on r.oid = a.usesysid
    join pg_catalog.pg_roles me on me.rolname = current_user
   where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid()
     and coalesce(a.backend_type, 'client backend') = 'client backend'
     and not exists (select from pg_catalog.pg_stat_replication w where w.pid = a.pid)`

/**
 * Backends that are just being opened: each locks the database so until it has read its settings and rights.
 * Only then does it show in pg_stat_activity.
 */
const openingSql = `
  select l.pid
    from pg_catalog.pg_locks l
    join pg_catalog.pg_database d on d.oid = l.objid
   where l.locktype = 'object' and l.database = 0 and l.mode = 'RowExclusiveLock' and l.granted
     and l.classid = 'pg_catalog.pg_database'::pg_catalog.regclass
     and d.datname = pg_catalog.current_database() and l.pid <> pg_catalog.pg_backend_pid()`

const patienceMs = 15_000

async function readOthers(session: pg.Client, since: string | null): Promise<readonly OtherSession[]> {
  return (await session.query<OtherSession>(othersSql, [since])).rows
}

async function readOpening(session: pg.Client): Promise<readonly number[]> {
  return (await session.query<{ pid: number }>(openingSql)).rows.map(({ pid }) => pid)
}

/** @throws GodwitError FENCE_FAILED naming the sessions that the user of `session` may not end */
export async function assertCanEndOthers(session: pg.Client): Promise<void> {
  assertCanEnd(await readOthers(session, null), session)
}

/**
 * Ends every session of the database that may have begun before the call, but the given one and walsenders, and
 * waits until they are gone, their transactions with them. Returns how many there were.
 * @throws GodwitError FENCE_FAILED naming those that cannot be ended
 */
export async function endOthers(session: pg.Client, signal: AbortSignal): Promise<number> {
  await waitForOpening(session, signal)
  const others = await readOthers(session, null)
  assertCanEnd(others, session)
  await end(session, others)
  const pids = new Set(others.map(({ pid }) => pid))
  let left: readonly OtherSession[] = others
  const gone = await pollUntil(
    async () => {
      left = (await readOthers(session, null)).filter(({ pid }) => pids.has(pid))
      return left.length === 0
    },
    patienceMs,
    signal,
  )
  if (!gone) {
    throw new GodwitError('FENCE_FAILED', `These sessions of the source do not end: ${describe(left)}.`, {
      remedy: 'End them, or see in the log of the server what they wait for; then complete again.',
    })
  }
  return others.length
}

/**
 * Ends what was opened since: a session keeps the settings that it began with, also when the database has others
 * again. Those that cannot be ended stay. Returns how many were told to end.
 */
export async function endSince(session: pg.Client, since: string, signal: AbortSignal): Promise<number> {
  await waitForOpening(session, signal)
  const others = await readOthers(session, since)
  const ending = others.filter((other) => other.since_fence && other.may_end)
  await end(session, ending)
  return ending.length
}

/** In one statement, for writers wait meanwhile. */
async function end(session: pg.Client, others: readonly OtherSession[]): Promise<void> {
  await session.query(
    'select pg_catalog.pg_terminate_backend(s.pid) from pg_catalog.unnest($1::int[]) as s (pid)',
    [others.map(({ pid }) => pid)],
  )
}

async function waitForOpening(session: pg.Client, signal: AbortSignal): Promise<void> {
  const before = new Set(await readOpening(session))
  const opened = await pollUntil(
    async () => before.size === 0 || (await readOpening(session)).every((pid) => !before.has(pid)),
    patienceMs,
    signal,
  )
  if (opened) return
  throw new GodwitError(
    'FENCE_FAILED',
    `Sessions of the source are being opened and do not get ready: pid ${[...before].join(', ')}.`,
    { remedy: 'End them, or see in the log of the server what they wait for; then complete again.' },
  )
}

function assertCanEnd(others: readonly OtherSession[], { user }: pg.Client): void {
  const untouchable = others.filter((other) => !other.may_end)
  if (untouchable.length === 0) return
  const pids = untouchable.map(({ pid }) => `pg_terminate_backend(${pid})`).slice(0, namedSessions)
  const signaller = quoteIdent(user ?? 'user')
  throw new GodwitError(
    'FENCE_FAILED',
    `The user ${user ?? ''} may not end these sessions of the source: ${describe(untouchable)}.`,
    {
      remedy: untouchable.some(({ superuser }) => superuser)
        ? `Only a superuser ends sessions of superusers: SELECT ${pids.join(', ')}; then complete again.`
        : `End them, SELECT ${pids.join(', ')}; or GRANT pg_signal_backend TO ${signaller}; then complete again.`,
    },
  )
}

const namedSessions = 5

function describe(sessions: readonly OtherSession[]): string {
  const named = sessions
    .slice(0, namedSessions)
    .map(
      ({ pid, role, application }) => `pid ${pid} of ${role}${application === '' ? '' : ` (${application})`}`,
    )
  const more = sessions.length - named.length
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
