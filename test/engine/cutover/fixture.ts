import { randomUUID } from 'node:crypto'
import { takeOver, type Guard } from '../../../engine/bookkeeping/index.ts'
import { connect } from '../../../engine/endpoint/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { sameNames } from '../../support/renaming.ts'
import { createDatabase } from '../../support/servers.ts'

/** A source and a target of the same structure with Godwit's sessions on them, and a migration that owns the target. */
export async function createCutoverFixture(ddl: string, { sql } = sameNames) {
  const source = await createDatabase('source')
  const target = await createDatabase('target')
  await source.query(ddl)
  await target.query(ddl)
  await target.query(sql)
  const guard: Guard = { migrationId: randomUUID(), stream: 'main', epoch: 1n }
  const sourceSession = await connect(settingsOf(source), { purpose: 'test' })
  const targetSession = await connect(settingsOf(target), { purpose: 'test' })
  await takeOver(targetSession, guard)
  return {
    source,
    target,
    guard,
    sourceSession,
    targetSession,
    [Symbol.asyncDispose]: async () => {
      await sourceSession[Symbol.asyncDispose]()
      await targetSession[Symbol.asyncDispose]()
      await target[Symbol.asyncDispose]()
      await source[Symbol.asyncDispose]()
    },
  }
}
