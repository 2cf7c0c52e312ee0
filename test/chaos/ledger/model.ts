import type pg from 'pg'
import type { TestDatabase } from '../../support/servers.ts'

/** The rows of each table in their text form; equal rows as often as they occur. */
export interface LedgerState {
  readonly ledgerIds: ReadonlySet<string>
  /** `table row` → how often. */
  readonly rows: ReadonlyMap<string, number>
}

const tables = ['account', 'seat', 'log_line'] as const

interface HistoryRow {
  readonly ledger_id: string
  readonly kind: string
  readonly old_row: string | null
  readonly new_row: string | null
}

/** The state of a database at one moment. */
export async function readState(client: pg.Client): Promise<LedgerState> {
  await client.query('begin isolation level repeatable read read only')
  const ledger = await client.query<{ id: string }>('select id::text from public.ledger')
  const rows = new Map<string, number>()
  for (const table of tables) {
    const found = await client.query<{ row: string }>(`select t::text as row from public.${table} t`)
    for (const { row } of found.rows) add(rows, `${table} ${row}`, 1)
  }
  await client.query('commit')
  return { ledgerIds: new Set(ledger.rows.map((row) => row.id)), rows }
}

/** The ids of the committed transactions in the order of their commits, as the server's own decoder tells it. */
export async function readCommitOrder(source: TestDatabase, slotName: string): Promise<readonly string[]> {
  const decoded = await source.query<{ id: string }>(
    `select substring(data from 'id\\[bigint\\]:(\\d+)') as id
       from pg_logical_slot_peek_changes($1, null, null, 'skip-empty-xacts', '1')
      where data like 'table public.ledger: INSERT:%'`,
    [slotName],
  )
  return decoded.rows.map((row) => row.id)
}

/** Says what is wrong with a state of the target: null when it is the source after some prefix of the commits. */
export class LedgerJudge {
  readonly #order: readonly string[]
  readonly #history = new Map<string, HistoryRow[]>()

  constructor(order: readonly string[], history: readonly HistoryRow[]) {
    this.#order = order
    for (const row of history) {
      const ofTransaction = this.#history.get(row.ledger_id) ?? []
      ofTransaction.push(row)
      this.#history.set(row.ledger_id, ofTransaction)
    }
  }

  static async read(source: TestDatabase, order: readonly string[]): Promise<LedgerJudge> {
    const found = await source.query<HistoryRow>(
      'select ledger_id::text, kind, old_row, new_row from history order by id',
    )
    return new LedgerJudge(order, found.rows)
  }

  findFault(state: LedgerState): string | null {
    const length = state.ledgerIds.size
    const prefix = this.#order.slice(0, length)
    const missing = prefix.find((id) => !state.ledgerIds.has(id))
    if (missing !== undefined) return `transaction ${missing} is missing, though ${length} have arrived`
    const expected = this.#stateAfter(prefix)
    for (const [row, count] of expected) {
      const there = state.rows.get(row) ?? 0
      if (there !== count)
        return `after ${length} transactions: ${there} instead of ${count} times ${row.slice(0, 80)}`
    }
    for (const row of state.rows.keys()) {
      if (!expected.has(row)) return `after ${length} transactions: not expected: ${row.slice(0, 80)}`
    }
    return null
  }

  #stateAfter(prefix: readonly string[]): ReadonlyMap<string, number> {
    const rows = new Map<string, number>()
    for (const id of ['0', ...prefix]) {
      for (const { kind, old_row, new_row } of this.#history.get(id) ?? []) {
        if (old_row !== null) add(rows, `${kind} ${old_row}`, -1)
        if (new_row !== null) add(rows, `${kind} ${new_row}`, 1)
      }
    }
    return rows
  }
}

function add(rows: Map<string, number>, row: string, times: number): void {
  const count = (rows.get(row) ?? 0) + times
  if (count === 0) rows.delete(row)
  else rows.set(row, count)
}
