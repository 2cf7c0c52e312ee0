import { setTimeout as delay } from 'node:timers/promises'
import type { TestClient, TestDatabase, TestRole } from './servers.ts'
import { waitFor } from './wait-for.ts'

/** What writers write to, one row a transaction. */
export const ledgerSql = `
  create table ledger (id bigint primary key, writer int not null);
  grant all on ledger to public;`

/** Several roles that write all the time, and count what the server has told them was committed. */
export interface Writers extends AsyncDisposable {
  /** Ids of transactions that were committed, for sure. */
  readonly committed: ReadonlySet<string>
  /** Ids of transactions whose commit got no answer. */
  readonly unknown: ReadonlySet<string>
  stop(): Promise<void>
}

/** As whom a writer connects, and with which settings. */
interface WriterRole extends Pick<TestRole, 'user' | 'password'> {
  readonly options?: string
}

export interface WritersOptions {
  /** Between two transactions of a writer; none by default, which keeps a processor busy. */
  readonly pauseMs?: number
}

/** A writer that is thrown out connects again, as applications do. */
export async function startWriters(
  source: TestDatabase,
  roles: readonly (WriterRole | null)[],
  { pauseMs = 0 }: WritersOptions = {},
): Promise<Writers> {
  const stopping = new AbortController()
  const committed = new Set<string>()
  const unknown = new Set<string>()
  const running = roles.map((role, writer) =>
    write({ source, role, writer, pauseMs, committed, unknown }, stopping.signal),
  )
  await waitFor(() => committed.size >= roles.length * 5, { describe: 'the writers to write' })
  const stop = async () => {
    stopping.abort()
    await Promise.all(running)
  }
  return { committed, unknown, stop, [Symbol.asyncDispose]: stop }
}

interface Writer {
  readonly source: TestDatabase
  readonly role: WriterRole | null
  readonly writer: number
  readonly pauseMs: number
  readonly committed: Set<string>
  readonly unknown: Set<string>
}

const idsOfAWriter = 1_000_000

async function write(
  { source, role, writer, pauseMs, committed, unknown }: Writer,
  signal: AbortSignal,
): Promise<void> {
  let client: TestClient | null = null
  for (let n = 0; !signal.aborted; n++) {
    const id = String(writer * idsOfAWriter + n)
    try {
      client ??= await source.connect(role ?? {})
    } catch {
      await delay(20)
      continue
    }
    try {
      await client.query('insert into ledger values ($1, $2)', [id, writer])
      committed.add(id)
      if (pauseMs > 0) await delay(pauseMs)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === '25006')) {
        unknown.add(id)
        await client[Symbol.asyncDispose]()
        client = null
      }
      await delay(5)
    }
  }
  await client?.[Symbol.asyncDispose]()
}
