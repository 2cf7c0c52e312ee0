import { expect, test } from 'vitest'
import { builtInSamples, unreadableTypes } from '../../support/odd-samples.ts'
import { queryServer, type ServerName } from '../../support/servers.ts'

/** Types that a column can have. Arrays are tested with their elements; pseudo-types cannot be stored. */
const columnTypesSql = `
  select t.typname::text as name
    from pg_type t
   where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype in ('b', 'r', 'm', 'e', 'd') and t.typisdefined
     and not exists (select from pg_type e where e.typarray = t.oid)
   order by 1`

test.each<ServerName>(['source', 'target'])(
  'there are samples of every built-in type of the %s',
  async (server) => {
    const { rows } = await queryServer<{ name: string }>(server, columnTypesSql)
    const covered = new Set([...Object.keys(builtInSamples), ...unreadableTypes])
    expect(rows.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([])
  },
)

test.each(unreadableTypes)('the server reads no value of %s', async (type) => {
  await expect(queryServer('source', `select '1'::pg_catalog.${type}`)).rejects.toMatchObject({
    code: '0A000',
  })
})
