import type pg from 'pg'
import { readRows } from './read-rows.ts'

/** server_version_num, for example 150018. */
export async function readVersionNum(client: pg.Client): Promise<number> {
  const [row] = await readRows<{ num: number }>(
    client,
    'the version of the server',
    `select pg_catalog.current_setting('server_version_num')::int as num`,
  )
  if (row === undefined) throw new Error('current_setting returned no row')
  return row.num
}
