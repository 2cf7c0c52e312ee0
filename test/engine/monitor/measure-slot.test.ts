import { expect, test } from 'vitest'
import { measureSlot } from '../../../engine/monitor/index.ts'
import { parseLsn } from '../../../engine/replication/lsn.ts'
import { createDatabase } from '../../support/servers.ts'

test('a slot holds back what the source has written since its restart position', async () => {
  await using source = await createDatabase('source')
  const session = await source.connect()
  const slotName = `godwit_${source.name}`
  await session.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slotName])
  await session.query(`select pg_logical_emit_message(true, 'test', repeat('x', 100000))`)
  const { rows } = await session.query<{ lsn: string; restart: string }>(
    `select pg_current_wal_lsn()::text as lsn, restart_lsn::text as restart from pg_replication_slots where slot_name = $1`,
    [slotName],
  )
  const state = await measureSlot(session, { slotName, needed: true })
  expect(state).toMatchObject({ walStatus: 'reserved', safeWalBytes: null })
  expect(state.retainedBytes).toBeGreaterThanOrEqual(parseLsn(rows[0]!.lsn) - parseLsn(rows[0]!.restart))
  expect(state.retainedBytes).toBeGreaterThan(100_000n)
})

test.each([
  ['lost where the migration goes on with it', true, 'lost'],
  ['of no concern where the next attempt makes a new one', false, null],
])('a slot that was dropped is %s', async (_told, needed, walStatus) => {
  await using source = await createDatabase('source')
  const session = await source.connect()
  const slotName = `godwit_${source.name}`
  await session.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slotName])
  await session.query('select pg_drop_replication_slot($1)', [slotName])
  expect(await measureSlot(session, { slotName, needed })).toEqual({
    retainedBytes: 0n,
    walStatus,
    safeWalBytes: null,
  })
})
