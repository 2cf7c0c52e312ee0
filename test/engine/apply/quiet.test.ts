import { expect, test } from 'vitest'
import { runIncremental } from '../../../engine/apply/index.ts'
import { takeOver } from '../../../engine/bookkeeping/index.ts'
import { connect } from '../../../engine/endpoint/index.ts'
import {
  createPublication,
  createSlot,
  type Lsn,
  lsnFromBigInt,
  markDrainPosition,
} from '../../../engine/replication/index.ts'
import { resolveSelection, wholeDatabase } from '../../../engine/selection/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase, queryServer, startServer } from '../../support/servers.ts'
import { silentLog } from '../../support/start-server.ts'
import { createReplica } from './replica.ts'

test('the slot of a quiet database moves on with what others write', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key)' })
  const { source, slotName } = replica
  const abort = new AbortController()
  const following = replica.follow({ signal: abort.signal }).catch((error: unknown) => error)
  await using other = await createDatabase('source')
  await other.query('create table noise (n int)')
  const isAhead = async (lsn: string) =>
    (
      await source.query(
        'select confirmed_flush_lsn >= $1::pg_lsn as ahead from pg_replication_slots where slot_name = $2',
        [lsn, slotName],
      )
    ).rows[0]!['ahead']
  await other.query('insert into noise values (1)')
  const lsn = (await other.query('select pg_current_wal_flush_lsn()::text as lsn')).rows[0]!['lsn']
  for (let segments = 0; segments < 6; segments++) {
    await other.query('insert into noise values (1)')
    await other.query('select pg_switch_wal()')
  }
  await expect.poll(() => isAhead(lsn)).toBe(true)
  const progress = await replica.target.query(
    'select commit_end_lsn >= $1::pg_lsn as moved from godwit.progress',
    [lsn],
  )
  expect(progress.rows).toEqual([{ moved: true }])
  abort.abort(new Error('enough'))
  await following
})

test('a position on a source where nothing happens is reached', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key)' })
  const progress = await replica.catchUp()
  expect(progress.appliedTransactions).toBe(0n)
  const again = await replica.catchUp({ stopAt: replica.startLsn })
  expect(again).toEqual(await replica.follow({ stopAt: replica.startLsn }))
})

test('a source that shuts down does not have to wait for the acknowledgement', async () => {
  await using server = await startServer({ version: 15 })
  await using target = await createDatabase('target')
  const sourceSettings = settingsOf({ ...server, name: 'postgres' })
  const guard = { migrationId: '00000000-0000-0000-0000-000000000001', stream: 'main', epoch: 1n }
  const schema = 'create table t (id int primary key)'
  await queryServer(server, schema)
  await target.query(schema)
  const never = new AbortController().signal
  await using session = await connect(sourceSettings, { purpose: 'test' })
  await createPublication(session, { name: 'p', selected: await resolveSelection(session, wholeDatabase) })
  const slot = await createSlot({ source: sourceSettings, slotName: 'godwit_s', log: silentLog }, never)
  await slot[Symbol.asyncDispose]()
  const targetSession = await target.connect()
  await takeOver(targetSession, guard)
  let applied: Lsn = lsnFromBigInt(0n)
  const following = runIncremental(
    {
      source: sourceSettings,
      target: settingsOf(target),
      guard,
      renames: [],
      slotName: 'godwit_s',
      publicationName: 'p',
      startLsn: slot.consistentPoint,
      systemIdentifier: null,
      timeline: null,
      replicaRole: true,
      onProgress: ({ appliedLsn }) => {
        applied = appliedLsn
      },
    },
    never,
  ).catch((error: unknown) => error)
  await queryServer(server, 'insert into t values (1)')
  const position = await markDrainPosition(session)
  await expect.poll(() => applied >= position).toBe(true)
  await server.stop({ mode: 'fast' })
  expect(await following).toMatchObject({ code: 'CONNECTION_LOST', retryable: true })
  expect((await target.query('select id from t')).rows).toEqual([{ id: 1 }])
})
