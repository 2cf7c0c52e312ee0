import { expect, test } from 'vitest'
import { runIncremental } from '../../../engine/apply/index.ts'
import { readProgress } from '../../../engine/bookkeeping/index.ts'
import {
  createPublication,
  createSlot,
  identifySystem,
  markDrainPosition,
} from '../../../engine/replication/index.ts'
import { resolveSelection, wholeDatabase } from '../../../engine/selection/index.ts'
import { settingsOf } from '../../support/connection.ts'
import {
  createOddTables,
  createOddValues,
  insertOddValues,
  updateOddValues,
} from '../../support/odd-values.ts'
import { silentLog } from '../../support/start-server.ts'
import { createCopyFixture, type CopyFixture } from '../copy/fixture.ts'
import { firstDifference, readPrintedRows } from './fixture.ts'

const signal = new AbortController().signal

/** Copies what the source holds now, then does `meanwhile`, then applies that on the target as changes. */
async function replicate(fixture: CopyFixture, meanwhile: () => Promise<void>): Promise<void> {
  const { source, target, guard } = fixture
  const slotName = `godwit_${source.name}`
  const publicationName = slotName
  const client = await source.connect()
  await createPublication(client, {
    name: publicationName,
    selected: await resolveSelection(client, wholeDatabase),
  })
  await using slot = await createSlot({ source: settingsOf(source), slotName, log: silentLog }, signal)
  await fixture.copy({ snapshotId: slot.snapshotId })
  await meanwhile()
  await runIncremental(
    {
      source: settingsOf(source),
      target: settingsOf(target),
      guard,
      renames: [],
      slotName,
      publicationName,
      startLsn: slot.consistentPoint,
      ...(await identifySystem(settingsOf(source), signal)),
      stopAt: await markDrainPosition(client),
      replicaRole: true,
      onProgress: () => {},
    },
    signal,
  )
}

test('changes of values of every type arrive as they were, to the byte of their text', async () => {
  await using fixture = await createCopyFixture('select')
  const client = await fixture.source.connect()
  await createOddValues(client)
  await createOddTables(await fixture.target.connect())
  await replicate(fixture, async () => {
    await insertOddValues(client, 1)
    await updateOddValues(client)
  })
  const { appliedChanges } = await readProgress(await fixture.target.connect(), fixture.guard)
  expect(appliedChanges).toBeGreaterThan(1_000n)
  expect(
    firstDifference(await readPrintedRows(fixture.source), await readPrintedRows(fixture.target)),
  ).toBeNull()
})

test('changes of all types that are one transaction arrive as well', async () => {
  await using fixture = await createCopyFixture('select')
  const client = await fixture.source.connect()
  await createOddTables(client)
  await createOddTables(await fixture.target.connect())
  await replicate(fixture, async () => {
    await client.query('begin')
    await insertOddValues(client, 0)
    await updateOddValues(client)
    await client.query('commit')
  })
  expect(
    firstDifference(await readPrintedRows(fixture.source), await readPrintedRows(fixture.target)),
  ).toBeNull()
})
