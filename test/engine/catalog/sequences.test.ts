import { expect, test } from 'vitest'
import { readSequences } from '../../../engine/catalog/index.ts'
import { createDatabase } from '../../support/servers.ts'

test('sequences on their own, of serial and of identity columns are read, temporary ones are not', async () => {
  await using db = await createDatabase('source')
  await using client = await db.connect()
  await client.query(`
    create sequence "Own "" one"; create table t (a serial, b int generated always as identity);
    create temporary sequence fleeting; create schema s; create sequence s.other;
    create schema godwit; create sequence godwit.ours`)
  expect(await readSequences(client)).toEqual([
    { schema: 'public', name: 'Own " one' },
    { schema: 'public', name: 't_a_seq' },
    { schema: 'public', name: 't_b_seq' },
    { schema: 's', name: 'other' },
  ])
})
