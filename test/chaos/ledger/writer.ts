import type pg from 'pg'
import type { Random } from '../../support/random.ts'

/** Errors of transactions that got into each other's way; the server has rolled them back. */
const expectedStates: ReadonlySet<unknown> = new Set(['40P01', '40001', '23505'])

type Change = (client: pg.Client, random: Random) => Promise<unknown>

const transfer: Change = async (client, random) => {
  const amount = random.between(1, 50)
  await client.query('update account set balance = balance - $2 where id = $1', [
    random.between(1, 200),
    amount,
  ])
  await client.query('update account set balance = balance + $2 where id = $1', [
    random.between(1, 200),
    amount,
  ])
}

const rewriteDocument: Change = (client, random) =>
  client.query('update account set document = repeat(md5($2::text), 300) where id = $1', [
    random.between(1, 200),
    random.between(1, 1_000_000),
  ])

const openAccount: Change = (client, random) =>
  client.query(
    `insert into account values ($1, 0, $2, repeat('x', $3)) on conflict (id) do update set note = excluded.note`,
    [random.between(201, 400), `opened ${random.between(1, 9)}`, random.between(0, 4000)],
  )

const closeAccount: Change = (client, random) =>
  client.query('delete from account where id = $1', [random.between(201, 400)])

const renumberAccount: Change = (client, random) => {
  const id = random.between(201, 400)
  return client.query('update account set id = id + 1000 where id = $1', [id])
}

const renumberBack: Change = (client, random) =>
  client.query(
    `update account set id = id - 1000 where id = (
       select id from account where id > 1000 and id - 1000 not in (select id from account) order by id offset $1 limit 1)`,
    [random.between(0, 3)],
  )

/** Two rows exchange the value of a unique column, by one statement or by three. */
const swapSeats: Change = async (client, random) => {
  const [a, b] = [random.between(1, 50), random.between(1, 50)]
  await client.query('set constraints all deferred')
  await client.query(
    `update seat s set guest = o.guest from seat o
      where (s.id = $1 and o.id = $2) or (s.id = $2 and o.id = $1)`,
    [a, b],
  )
}

/** Two rows exchange their keys through a third value. */
const swapKeys: Change = async (client, random) => {
  const [a, b] = [random.between(1, 50), random.between(1, 50)]
  if (a === b) return
  await client.query('update seat set id = -$1::int where id = $1', [a])
  await client.query('update seat set id = $1 where id = $2', [a, b])
  await client.query('update seat set id = $2 where id = -$1::int', [a, b])
}

const writeLine: Change = (client, random) =>
  client.query('insert into log_line values ($1, $2)', [random.between(0, 2), `line ${random.between(0, 6)}`])

/** Changes one of several equal rows. */
const changeLine: Change = (client, random) =>
  client.query(
    `update log_line set level = level + 1
      where ctid = (select ctid from log_line where line = $1 order by ctid limit 1)`,
    [`line ${random.between(0, 6)}`],
  )

const dropLine: Change = (client, random) =>
  client.query('delete from log_line where ctid = (select ctid from log_line where line = $1 limit 1)', [
    `line ${random.between(0, 6)}`,
  ])

const changes: readonly Change[] = [
  transfer,
  transfer,
  transfer,
  rewriteDocument,
  openAccount,
  openAccount,
  closeAccount,
  renumberAccount,
  renumberBack,
  swapSeats,
  swapKeys,
  writeLine,
  writeLine,
  changeLine,
  dropLine,
]

export interface WriterIdentity {
  readonly writer: number
  readonly random: Random
}

/** Runs transactions until `signal` aborts. Returns how many were committed. */
export async function runWriter(
  client: pg.Client,
  identity: WriterIdentity,
  signal: AbortSignal,
): Promise<number> {
  const { writer, random } = identity
  let committed = 0
  for (let n = 1; !signal.aborted; n += 1) {
    try {
      if (await runTransaction(client, random, { id: writer * 1_000_000 + n, writer, n })) committed += 1
    } catch (error) {
      await client.query('rollback')
      if (!expectedStates.has(error instanceof Error && 'code' in error ? error.code : undefined)) throw error
    }
  }
  return committed
}

async function runTransaction(
  client: pg.Client,
  random: Random,
  entry: { readonly id: number; readonly writer: number; readonly n: number },
): Promise<boolean> {
  await client.query('begin')
  await client.query(`select set_config('test.ledger_id', $1, true)`, [String(entry.id)])
  await client.query('insert into ledger values ($1, $2, $3)', [entry.id, entry.writer, entry.n])
  for (let i = random.between(1, 4); i > 0; i -= 1) {
    if (random.chance(0.2)) await tryAndTakeBack(client, random)
    await random.pick(changes)(client, random)
  }
  const keep = random.chance(0.9)
  await client.query(keep ? 'commit' : 'rollback')
  return keep
}

/** A change under a savepoint that is rolled back: it must never be seen on the target. */
async function tryAndTakeBack(client: pg.Client, random: Random): Promise<void> {
  await client.query('savepoint attempt')
  await random.pick(changes)(client, random)
  await client.query('rollback to savepoint attempt')
}
