import type pg from 'pg'
import { inGuardedTransaction, type Guard } from '../bookkeeping/index.ts'
import type { QualifiedName } from '../catalog/types.ts'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { quoteQualified } from '../postgres/index.ts'
import { findTargetSequences, type SelectedSequence } from '../selection/index.ts'
import { advanceSequence, type SequenceState } from './advance-sequence.ts'

/** Sequences that are read by one statement, and set by one. */
const chunkSize = 200

/** Since 10 the parameters of a sequence are in a catalog; before, they are in the sequence itself. */
const firstVersionWithCatalog = 100_000

/**
 * Sets every sequence of the target to where the one of the source is, `margin` calls of nextval further. Replication
 * does not carry sequences, whether a column owns them or not. What setval did stays even if the transaction is
 * rolled back, and may be done again. Returns how many were set.
 * @throws GodwitError LEASE_LOST, STATEMENT_FAILED, …
 * @see https://www.postgresql.org/docs/current/functions-sequence.html
 */
export async function alignSequences(
  source: pg.Client,
  target: pg.Client,
  guard: Guard,
  sequences: readonly SelectedSequence[],
  margin: bigint,
): Promise<number> {
  for (let start = 0; start < sequences.length; start += chunkSize) {
    const chunk = sequences.slice(start, start + chunkSize)
    const states = await readStates(source, chunk).catch((error: unknown) => {
      throw toSessionError(error, 'Reading sequences of the source')
    })
    try {
      await inGuardedTransaction(target, guard, () => setStates(target, chunk, states, margin))
    } catch (error) {
      throw toSessionError(error, 'Setting sequences of the target')
    }
  }
  return sequences.length
}

interface StateRow {
  last_value: string
  is_called: boolean
  increment: string
  min: string
  max: string
  cycles: boolean
}

/** In the order of `sequences`. Numbers come as text: they may not fit a JavaScript number. */
async function readStates(
  source: pg.Client,
  sequences: readonly QualifiedName[],
): Promise<readonly SequenceState[]> {
  const version = await source.query<{ num: number }>(
    `select pg_catalog.current_setting('server_version_num')::int as num`,
  )
  const hasCatalog = (version.rows[0]?.num ?? 0) >= firstVersionWithCatalog
  const selects = sequences.map((sequence, position) => selectState(sequence, position, hasCatalog))
  const found = await source.query<StateRow>(`${selects.join('\nunion all\n')}\norder by position`)
  return found.rows.map((row) => ({
    lastValue: BigInt(row.last_value),
    isCalled: row.is_called,
    increment: BigInt(row.increment),
    min: BigInt(row.min),
    max: BigInt(row.max),
    cycles: row.cycles,
  }))
}

function selectState(sequence: QualifiedName, position: number, hasCatalog: boolean): string {
  const name = quoteQualified(sequence.schema, sequence.name)
  if (!hasCatalog) {
    return `
      select ${position} as position, last_value::text, is_called, increment_by::text as increment,
             min_value::text as min, max_value::text as max, is_cycled as cycles
        from ${name}`
  }
  return `
    select ${position} as position, v.last_value::text, v.is_called, p.seqincrement::text as increment,
           p.seqmin::text as min, p.seqmax::text as max, p.seqcycle as cycles
      from ${name} v, pg_catalog.pg_sequence p
     where p.seqrelid = v.tableoid`
}

async function setStates(
  client: pg.Client,
  sequences: readonly SelectedSequence[],
  states: readonly SequenceState[],
  margin: bigint,
): Promise<void> {
  const found = await findTargetSequences(client, sequences)
  await client.query(
    `select pg_catalog.setval(s.oid::pg_catalog.regclass, s.value, s.is_called)
       from unnest($1::oid[], $2::bigint[], $3::boolean[]) as s (oid, value, is_called)`,
    [
      sequences.map((sequence, position) => found[position] ?? refuse(sequence)),
      states.map((state) => advanceSequence(state, margin)),
      states.map((state) => state.isCalled),
    ],
  )
}

function refuse({ schema, name, target }: SelectedSequence): never {
  throw new GodwitError(
    'STATEMENT_FAILED',
    `The target has no sequence ${quoteQualified(target.schema, target.name)}, and no other for ${quoteQualified(schema, name)}.`,
  )
}
