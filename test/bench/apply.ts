/**
 * Measures how long Godwit and PostgreSQL's own subscription need to catch up with the same load, 15 to 18, on servers
 * that it starts and removes. Usage: node test/bench/apply.ts [workload …] [--count n] [--rounds n]
 */
import { parseArgs } from 'node:util'
import { connect, type Session } from '../../engine/endpoint/index.ts'
import { createSlot, markDrainPosition } from '../../engine/replication/index.ts'
import { settingsOf } from '../support/connection.ts'
import { silentLog, startServer, type TestServer } from '../support/start-server.ts'
import { type Contender, type Course, godwit, subscription } from './contenders.ts'
import { type Workload, workloads } from './workloads.ts'

const settings = {
  fsync: 'on',
  shared_buffers: '512MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, rounds: { type: 'string', default: '3' } },
})

interface Servers {
  readonly source: TestServer
  readonly target: TestServer
}

const place = (server: TestServer, name: string) => settingsOf({ ...server, name })

async function runOn(server: TestServer, database: string, ...statements: string[]): Promise<void> {
  await using session = await connect(place(server, database), {
    purpose: 'bench',
    settings: { search_path: 'public' },
  })
  for (const statement of statements) await session.query(statement)
}

/** Writes the load once; each run gets a copy of the slot and of the target as it was before. */
async function capture(
  servers: Servers,
  workload: Workload,
  count: number,
): Promise<Omit<Course, 'target' | 'slotName'>> {
  const { source, target } = servers
  const schema = `${workload.schema}; create table finish (id int primary key)`
  for (const server of [source, target]) {
    await runOn(server, 'postgres', 'create database load')
    await runOn(server, 'load', schema, 'vacuum analyze')
  }
  await runOn(source, 'load', 'create publication p for all tables')
  const slot = await createSlot(
    { source: place(source, 'load'), slotName: 'original', log: silentLog },
    new AbortController().signal,
  )
  // An open snapshot would keep the source from pruning what the load leaves behind.
  await slot[Symbol.asyncDispose]()
  await runOn(
    source,
    'load',
    'set synchronous_commit = off',
    workload.load(count),
    'insert into finish values (1)',
  )
  await using session = await connect(place(source, 'load'), { purpose: 'bench' })
  return {
    source: place(source, 'load'),
    publicationName: 'p',
    startLsn: slot.consistentPoint,
    stopAt: await markDrainPosition(session),
  }
}

async function run(
  servers: Servers,
  contender: Contender,
  course: Omit<Course, 'target' | 'slotName'>,
): Promise<number> {
  const { source, target } = servers
  const name = `run_${contender.name.toLowerCase()}`
  await runOn(target, 'postgres', `create database ${name} template load`, 'checkpoint')
  await runOn(source, 'load', `select pg_copy_logical_replication_slot('original', '${name}')`, 'checkpoint')
  try {
    return await contender.run({ ...course, target: place(target, name), slotName: name })
  } finally {
    await runOn(target, 'postgres', `drop database ${name} with (force)`)
    await dropSlot(source, name)
  }
}

async function dropSlot(source: TestServer, name: string): Promise<void> {
  await using session = await connect(place(source, 'load'), { purpose: 'bench' })
  await endSessions(session, name)
  await session.query('select pg_drop_replication_slot($1)', [name])
}

async function endSessions(session: Session, slotName: string): Promise<void> {
  for (;;) {
    const { rowCount } = await session.query(
      'select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active_pid is not null',
      [slotName],
    )
    if (rowCount === 0) return
  }
}

const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`
const print = (line: string) => process.stdout.write(`${line}\n`)

async function measure(workload: Workload): Promise<void> {
  const count = values.count === undefined ? workload.defaultCount : Number(values.count)
  await using source = await startServer({ version: 15, settings })
  await using target = await startServer({ version: 18, settings })
  const servers = { source, target }
  print(`${workload.name}: ${workload.describe(count)}`)
  const course = await capture(servers, workload, count)
  const times = new Map<Contender, number[]>([
    [subscription, []],
    [godwit, []],
  ])
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [contender, taken] of times) {
      const tookMs = await run(servers, contender, course)
      taken.push(tookMs)
      print(`  ${contender.name.padEnd(12)} ${seconds(tookMs)}`)
    }
  }
  const [theirs, ours] = [subscription, godwit].map((contender) => median(times.get(contender) ?? []))
  print(`  Godwit takes ${((ours ?? 0) / (theirs ?? 1)).toFixed(2)} of the subscription's time (medians)`)
}

const chosen = workloads.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
for (const workload of chosen) await measure(workload)
