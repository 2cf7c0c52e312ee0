/** Holds the load's own book against what has arrived on the target. */
import { Client } from 'pg'
import type { LedgerEntry, LoadLedger } from './load/session.ts'
import type { DemoDatabase } from './servers.ts'

export interface LedgerBalance {
  /** Commits that the source has acknowledged to the load. */
  readonly acknowledged: number
  /** Transactions that are on the target. */
  readonly arrived: number
  /** Those whose commit was sent and not answered, and how many of them were committed all the same. */
  readonly inDoubt: number
  readonly inDoubtCommitted: number
  /** A sentence for each kind of thing that does not add up. */
  readonly findings: readonly string[]
}

/** Reads the book on the target, and compares it with what the load knows, entry by entry. */
export async function balanceLedger(target: DemoDatabase, ledger: LoadLedger): Promise<LedgerBalance> {
  const arrived = await readLedger(target)
  const acknowledged = new Set(ledger.acknowledged.map(keyOf))
  const inDoubt = new Set(ledger.inDoubt.map(keyOf))
  const lost = acknowledged.difference(arrived)
  const unknown = arrived.difference(acknowledged).difference(inDoubt)
  const inDoubtCommitted = inDoubt.intersection(arrived).size
  const findings: string[] = []
  if (lost.size > 0) findings.push(`acknowledged commits that are not on the target: ${firstOf(lost)}`)
  if (unknown.size > 0) findings.push(`transactions that nobody has committed: ${firstOf(unknown)}`)
  return {
    acknowledged: acknowledged.size,
    arrived: arrived.size,
    inDoubt: inDoubt.size,
    inDoubtCommitted,
    findings,
  }
}

const keyOf = ([desk, entry]: LedgerEntry) => `${desk}/${entry}`

const shown = 5

function firstOf(entries: ReadonlySet<string>): string {
  return `${entries.size} (${[...entries].slice(0, shown).join(', ')})`
}

async function readLedger(target: DemoDatabase): Promise<ReadonlySet<string>> {
  const client = new Client({ connectionString: target.url, application_name: 'ledger' })
  await client.connect()
  try {
    const { rows } = await client.query<{ desk: number; entry: number }>(
      'select desk, entry from shop.ledger',
    )
    return new Set(rows.map(({ desk, entry }) => keyOf([desk, entry])))
  } finally {
    await client.end()
  }
}
