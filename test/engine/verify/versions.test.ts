import { expect, test } from 'vitest'
import { readServerFacts } from '../../../engine/catalog/index.ts'
import { connect, testConnection } from '../../../engine/endpoint/index.ts'
import type { Server } from '../../../engine/verify/check.ts'
import { pgDump } from '../../../engine/verify/checks/pg-dump.ts'
import { sourceVersion } from '../../../engine/verify/checks/source-version.ts'
import { targetVersion } from '../../../engine/verify/checks/target-version.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase, type TestDatabase } from '../../support/servers.ts'
import { everything } from './verify-support.ts'

/** A server that says it is of another version: none of these are there to run. */
async function openAs(db: TestDatabase, versionNum: number): Promise<Server & AsyncDisposable> {
  const settings = settingsOf(db)
  const session = await connect(settings, { purpose: 'test' })
  return {
    settings,
    session,
    facts: { ...(await readServerFacts(session)), versionNum, version: String(versionNum / 10_000) },
    test: await testConnection(settings, new AbortController().signal),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

test.for([
  [90_624, 'failed'],
  [100_001, 'passed'],
  [180_003, 'passed'],
  [190_000, 'warning'],
] as const)('version %i is %s', async ([versionNum, outcome]) => {
  await using db = await createDatabase('source')
  await using server = await openAs(db, versionNum)
  expect((await sourceVersion.run({ source: server, kind: everything })).outcome).toBe(outcome)
  expect((await targetVersion.run({ target: server, kind: everything })).outcome).toBe(outcome)
})

test.for([
  [180_003, 'passed'],
  [190_000, 'failed'],
] as const)('pg_dump for version %i: %s', async ([versionNum, outcome]) => {
  await using db = await createDatabase('source')
  await using server = await openAs(db, versionNum)
  expect((await pgDump.run({ source: server, kind: everything })).outcome).toBe(outcome)
})
