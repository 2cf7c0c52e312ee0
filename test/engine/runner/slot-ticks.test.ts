import { Writable } from 'node:stream'
import { Client } from 'pg'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { slotTicks } from '../../../engine/runner/slot-ticks.ts'
import { openTestControl, startTestWorker, TestMigration } from '../../support/control.ts'
import { createDatabase, createRole, queryServer } from '../../support/servers.ts'
import { shopSql } from './scene.ts'

/** As if the last sample and the last measurement were older than a measurement lasts. */
async function letSlotPass(databaseUrl: string): Promise<void> {
  const client = new Client(databaseUrl)
  await client.connect()
  await client.query(`update godwit_control.lag_samples set at = at - interval '31 seconds'`)
  await client.query(
    `update godwit_control.streams set slot_claimed_at = slot_claimed_at - interval '31 seconds'`,
  )
  await client.end()
}

test('a source that refuses to tell of an idle slot is warned of once, and again when it has told meanwhile', async () => {
  await using role = await createRole('source', { options: 'superuser' })
  await using control = await openTestControl()
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(shopSql)
  const migration = await TestMigration.create(control.stores, { source: { ...source, ...role }, target })
  {
    await using worker = startTestWorker(control.stores)
    await migration.start()
    await migration.waitForStep('INCREMENTAL')
    await migration.act('PAUSE')
    void worker
  }
  const warnings: unknown[] = []
  const lines = new Writable({
    write(line: Buffer, _encoding, done) {
      const { migrationId, code } = JSON.parse(line.toString())
      warnings.push({ migrationId, code })
      done()
    },
  })
  const [tick] = slotTicks({ stores: control.stores, log: pino({ level: 'warn' }, lines) })
  const measure = async () => {
    await letSlotPass(control.databaseUrl)
    await tick!.run(AbortSignal.timeout(30_000))
  }
  await measure()
  expect(warnings).toEqual([])
  const refused = { migrationId: migration.id, code: 'ENDPOINT_AUTH_FAILED' }
  await queryServer('source', `alter role ${role.user} nologin`)
  await measure()
  await measure()
  expect(warnings).toEqual([refused])
  await queryServer('source', `alter role ${role.user} login`)
  await measure()
  await queryServer('source', `alter role ${role.user} nologin`)
  await measure()
  expect(warnings).toEqual([refused, refused])
})
