import { randomInt } from 'node:crypto'
import type { Session } from '../../endpoint/index.ts'
import { always, failed, passed, type Check, type ServersContext } from '../check.ts'

/**
 * A lock that is taken through one endpoint and seen through the other tells for sure. Between a standby and its
 * primary it does not show, but there the identifiers are the same.
 */
export const sameDatabase: Check<ServersContext> = {
  name: 'same-database',
  title: 'Source and target are different databases',
  concerns: always,
  async run({ source, target }) {
    const replicated = isStandbyPair(source.facts, target.facts)
    if (!replicated && !(await shareLocks(source.session, target.session))) {
      return passed(`${source.facts.database} and ${target.facts.database} are different databases.`)
    }
    return failed(
      replicated
        ? 'One of source and target is a standby of the other.'
        : 'Source and target are the same database on the same server.',
      { remedy: 'Choose another endpoint as the target.' },
    )
  },
}

interface Identity {
  readonly systemIdentifier: string | null
  readonly database: string
  readonly inRecovery: boolean
}

function isStandbyPair(source: Identity, target: Identity): boolean {
  return (
    source.systemIdentifier !== null &&
    source.systemIdentifier === target.systemIdentifier &&
    source.database === target.database &&
    source.inRecovery !== target.inRecovery
  )
}

/** @see https://www.postgresql.org/docs/current/view-pg-locks.html */
async function shareLocks(source: Session, target: Session): Promise<boolean> {
  const key = [randomInt(2 ** 31), randomInt(2 ** 31)]
  await source.query('select pg_catalog.pg_advisory_lock($1::int, $2::int)', key)
  try {
    const seen = await target.query(
      `select from pg_catalog.pg_locks l
         join pg_catalog.pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and l.classid = $1::int::oid and l.objid = $2::int::oid and l.objsubid = 2
          and d.datname = pg_catalog.current_database()`,
      key,
    )
    return seen.rowCount !== 0
  } finally {
    await source.query('select pg_catalog.pg_advisory_unlock($1::int, $2::int)', key)
  }
}
