import type pg from 'pg'
import { GodwitError } from '../../errors.ts'
import { quoteIdent, quoteLiteral } from '../../postgres/index.ts'

/**
 * A prepared transaction may be committed by anybody, also from a session that is read-only.
 * @throws GodwitError FENCE_FAILED naming the gids of those that are open in the database
 * @see https://www.postgresql.org/docs/current/view-pg-prepared-xacts.html
 */
export async function assertNothingPrepared(session: pg.Client): Promise<void> {
  const { rows } = await session.query<{ gid: string }>(
    `select gid from pg_catalog.pg_prepared_xacts where database = pg_catalog.current_database() order by prepared`,
  )
  const [first] = rows
  if (first === undefined) return
  const gids = rows.map(({ gid }) => quoteLiteral(gid)).join(', ')
  throw new GodwitError(
    'FENCE_FAILED',
    `The source has prepared transactions that are still open: ${gids}.`,
    {
      remedy: `Settle each, COMMIT PREPARED ${quoteLiteral(first.gid)} or ROLLBACK PREPARED …; then complete again.`,
    },
  )
}

/**
 * What the source receives from elsewhere is written without asking whether transactions are read-only.
 * @throws GodwitError FENCE_FAILED naming the enabled subscriptions of the database
 * @see https://www.postgresql.org/docs/current/catalog-pg-subscription.html
 */
export async function assertNothingReceived(session: pg.Client): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    `select s.subname::text as name
       from pg_catalog.pg_subscription s
       join pg_catalog.pg_database d on d.oid = s.subdbid
      where d.datname = pg_catalog.current_database() and s.subenabled
      order by 1`,
  )
  const [first] = rows
  if (first === undefined) return
  const names = rows.map(({ name }) => name).join(', ')
  throw new GodwitError(
    'FENCE_FAILED',
    `Subscriptions write to the source, and no fence stops them: ${names}.`,
    {
      remedy: `ALTER SUBSCRIPTION ${quoteIdent(first.name)} DISABLE; then complete again.`,
    },
  )
}
