/**
 * How fast the full copy is, beside `psql -c 'copy … to stdout' | psql -c 'copy … from stdin'`, table by table, as a
 * script would do it. Both on the same servers in the same run, in turns; both load by TRUNCATE and FREEZE.
 *
 *     node test/bench/copy.ts [megabytes, 300 by default] [rounds, 3 by default]
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { takeOver, type Guard } from '../../engine/bookkeeping/index.ts'
import { copyTables, openSnapshot, startOver } from '../../engine/copy/index.ts'
import { connect, type ConnectionSettings } from '../../engine/index.ts'
import { selectAll } from '../support/select-all.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const ddl = `
  create table accounts (id int not null, branch int, balance int, filler char(84));
  create table orders (
    id bigint not null, created timestamptz, amount numeric(12,2), ratio float8, name text, email text, ref uuid,
    data jsonb, paid bool, day date);
  create table documents (id int, body text);`

/** About a megabyte of COPY text for each unit of `size`: half short rows, a third wide ones, the rest documents. */
const fill = (size: number) => `
  insert into accounts select i, i % 100, i * 7 % 1000, '' from generate_series(1, ${size * 5_000}) i;
  insert into orders
    select i, timestamptz '2024-01-01' + i * interval '1.234567 s', i * 37 % 10000000 / 100.0, sqrt(i), 'name of ' || i,
           'user' || i || '@example.com', md5(i::text)::uuid, jsonb_build_object('a', i, 'b', md5(i::text)), i % 2 = 0,
           date '2020-01-01' + i % 1000
      from generate_series(1, ${size * 1_500}) i;
  insert into documents
    select i, (select string_agg(md5(i::text || j), '') from generate_series(1, 300) j) from generate_series(1, ${size * 20}) i;
  vacuum analyze;`

const tables = ['accounts', 'orders', 'documents']

interface Measured {
  readonly ms: number
  /** Of this process. */
  readonly cpuMs: number
  readonly bytes: number
}

const settings = { shared_buffers: '512MB', max_wal_size: '8GB', autovacuum: 'off' }
const [megabytes = 300, rounds = 3] = process.argv.slice(2).map(Number)

await using source = await startServer({ version: 15, settings })
await using target = await startServer({ version: 18, settings })
await run(source, ddl)
for (const statement of fill(megabytes).split(';')) await run(source, statement)
await run(target, ddl)

const guard: Guard = { migrationId: randomUUID(), stream: 'main', epoch: 1n }
{
  await using session = await connect(settingsOf(target), { purpose: 'bench' })
  await takeOver(session, guard)
}
const measured = { psql: [] as Measured[], one: [] as Measured[], two: [] as Measured[] }
for (let round = 0; round < rounds; round += 1) {
  measured.psql.push(await measure(copyWithPsql))
  measured.one.push(await measure(() => copyWithGodwit(1)))
  measured.two.push(await measure(() => copyWithGodwit(2)))
}
report('psql | psql', measured.psql)
report('Godwit, 1 session', measured.one)
report('Godwit, 2 sessions', measured.two)

function settingsOf({ host, port, user, password }: TestServer): ConnectionSettings {
  return { host, port, user, password, database: 'postgres', tls: { mode: 'disable' } }
}

async function run(server: TestServer, sql: string): Promise<void> {
  const { host, port, user, password } = server
  const client = new pg.Client({ host, port, user, password, database: 'postgres' })
  await client.connect()
  await client.query(sql)
  await client.end()
}

async function measure(copy: () => Promise<number>): Promise<Measured> {
  await run(target, 'checkpoint')
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const bytes = await copy()
  const { user, system } = process.cpuUsage(cpuBefore)
  return { ms: performance.now() - startedAt, cpuMs: (user + system) / 1_000, bytes }
}

async function copyWithGodwit(sessions: number): Promise<number> {
  const signal = new AbortController().signal
  await using session = await connect(settingsOf(source), { purpose: 'bench' })
  await using targetSession = await connect(settingsOf(target), { purpose: 'bench' })
  await startOver(targetSession, guard)
  await using snapshot = await openSnapshot(settingsOf(source), signal)
  const { bytes } = await copyTables(
    {
      source: settingsOf(source),
      target: settingsOf(target),
      guard,
      snapshotId: snapshot.snapshotId,
      tables: (await selectAll(session)).tables,
      sessions,
      onProgress: () => {},
    },
    signal,
  )
  return Number(bytes)
}

async function copyWithPsql(): Promise<number> {
  let bytes = 0
  for (const table of tables) {
    const out = psql(source, [`copy ${table} to stdout`])
    const into = psql(target, ['begin', `truncate ${table}`, `copy ${table} from stdin (freeze)`, 'commit'])
    out.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length))
    const ended = once(into, 'close')
    await pipeline(out.stdout, into.stdin)
    await ended
    if (into.exitCode !== 0) throw new Error(`psql ended with ${into.exitCode}`)
  }
  return bytes
}

function psql({ host, port, user, password }: TestServer, commands: readonly string[]) {
  const connection = [
    '-h',
    host,
    '-p',
    String(port),
    '-U',
    user,
    '-d',
    'postgres',
    '-Xq',
    '-v',
    'ON_ERROR_STOP=1',
  ]
  return spawn('psql', [...connection, ...commands.flatMap((command) => ['-c', command])], {
    env: { ...process.env, PGPASSWORD: password },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

function report(name: string, rounds: readonly Measured[]): void {
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
  const ms = median(rounds.map((round) => round.ms))
  const cpuMs = median(rounds.map((round) => round.cpuMs))
  const megabytesCopied = median(rounds.map(({ bytes }) => bytes)) / 1e6
  const ratio = ms / median(measured.psql.map((round) => round.ms))
  process.stdout.write(
    `${name}: ${ms.toFixed(0)} ms for ${megabytesCopied.toFixed(0)} MB, ${ratio.toFixed(2)} of psql's time, ` +
      `${cpuMs.toFixed(0)} ms of this process\n`,
  )
}
