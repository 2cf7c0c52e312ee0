import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { compareDatabases } from '../support/compare-databases.ts'
import { findLeftOvers, openTestControl, TestMigration, type TestControl } from '../support/control.ts'
import { settingsOf } from '../support/connection.ts'
import { chooseSeed, seededRandom, type Random } from '../support/random.ts'
import { createDatabase, waitFor, type TestDatabase } from '../support/servers.ts'
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts'
import { LedgerJudge, readCommitOrder, readState, type LedgerState } from './ledger/model.ts'
import { createLedger } from './ledger/schema.ts'
import { runWriter } from './ledger/writer.ts'

const writers = 4
const killsInCopy = 4
const killsInIncremental = 8

test('through a dozen kills of the worker, the target is always the source after some prefix of its commits', async () => {
  const random = seededRandom(chooseSeed())
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await using control = await openTestControl()
  const judgeSlot = `judge_${source.name}`
  await source.query(`select pg_create_logical_replication_slot($1, 'test_decoding')`, [judgeSlot])
  await createLedger(source, { accounts: 200, ballastRows: 150_000 })

  await using worker = new KilledWorker(control)
  const stopWriting = new AbortController()
  const writing = startWriters(source, random, stopWriting.signal)
  const migration = await TestMigration.create(control.stores, {
    source,
    target,
    selection: { include: [], exclude: [{ schema: 'public', table: 'history' }] },
  })
  await migration.start()
  await migration.waitForStep('PREPARE')
  for (let kill = 0; kill < killsInCopy; kill += 1) {
    await waitForOwners(control, migration, kill + 1)
    await sleep(random.between(0, 1_500))
    await worker.killAndRestart()
  }
  await migration.waitForStep('INCREMENTAL', 300_000)
  const states: LedgerState[] = []
  for (let kill = 0; kill < killsInIncremental; kill += 1) {
    await waitForProgress(target, migration)
    states.push(await stateOf(target))
    await sleep(random.between(0, 1_500))
    await worker.killAndRestart()
    states.push(await stateOf(target))
  }
  stopWriting.abort()
  const committed = await writing
  expect(committed).toBeGreaterThan(100)

  await migration.complete()
  await sleep(random.between(0, 500))
  await worker.killAndRestart()
  await migration.waitForStatus('COMPLETED', 120_000)

  // The first owner, and one more after each kill.
  expect(await countOwners(control, migration)).toBeGreaterThan(killsInCopy + killsInIncremental)
  const order = await readCommitOrder(source, judgeSlot)
  expect(order).toHaveLength(committed)
  const judge = await LedgerJudge.read(source, order)
  for (const state of states) expect(judge.findFault(state)).toBeNull()
  expect(new Set(states.map((state) => state.ledgerIds.size)).size).toBeGreaterThan(3)

  const compared = await compareDatabases(settingsOf(source), settingsOf(target), {
    exclude: ['public.history'],
  })
  expect(compared.tables.filter((table) => table.differences.length > 0)).toEqual([])
  expect(compared.tables.map((table) => table.table).toSorted()).toEqual(
    ['account', 'ballast', 'ledger', 'log_line', 'seat'].toSorted(),
  )
  expect(await findLeftOvers(source, target)).toEqual([])
})

/** A worker that is killed again and again, and started anew each time. */
class KilledWorker implements AsyncDisposable {
  readonly #start: () => WorkerProcess
  #process: WorkerProcess

  constructor(control: TestControl) {
    this.#start = () => startWorkerProcess(control)
    this.#process = this.#start()
  }

  async killAndRestart(): Promise<void> {
    await this.#process.kill()
    this.#process = this.#start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]()
  }
}

async function startWriters(source: TestDatabase, random: Random, signal: AbortSignal): Promise<number> {
  const counts = await Promise.all(
    Array.from({ length: writers }, async (_, index) => {
      await using client = await source.connect()
      return await runWriter(client, { writer: index + 1, random: random.fork(index) }, signal)
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** How many workers have taken the migration so far. */
async function countOwners({ stores }: TestControl, migration: TestMigration): Promise<number> {
  const events = await stores.events.readMigration(migration.id, 0n, 1_000)
  return events.filter((event) => event.type === 'OWNER_CHANGED').length
}

async function waitForOwners(control: TestControl, migration: TestMigration, owners: number): Promise<void> {
  await waitFor(async () => (await countOwners(control, migration)) >= owners, {
    timeoutMs: 60_000,
    describe: async () => `owner ${owners} (${await migration.situation()})`,
  })
}

/** Waits until something more has been applied than when it was asked. */
async function waitForProgress(target: TestDatabase, migration: TestMigration): Promise<void> {
  const read = async () => {
    const found = await target.query<{ applied: string }>(
      'select applied_transactions::text as applied from godwit.progress',
    )
    return BigInt(found.rows[0]?.applied ?? 0)
  }
  const before = await read()
  await waitFor(async () => (await read()) > before, {
    timeoutMs: 60_000,
    describe: async () => `changes to be applied (${await migration.situation()})`,
  })
}

async function stateOf(target: TestDatabase): Promise<LedgerState> {
  await using client = await target.connect()
  return await readState(client)
}
