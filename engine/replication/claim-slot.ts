import type pg from 'pg'
import { GodwitError } from '../errors.ts'
import { sqlState, sqlStateOf } from '../postgres/index.ts'
import { inUse } from './drop-slot.ts'
import { formatLsn, type Lsn } from './lsn.ts'
import { pollUntil } from './poll.ts'
import { readSlot, type SlotState } from './slot-state.ts'

/** Longer than a living session of Godwit needs to end, and than most others are worth waiting for. */
const patienceMs = 10_000

export interface SlotClaim {
  readonly slotName: string
  readonly publicationName: string
  /** Up to where the target has everything. */
  readonly startLsn: Lsn
}

/**
 * Makes sure that the slot still has every change from `startLsn` on, and ends a former session of Godwit on it.
 * @throws GodwitError SLOT_LOST, SLOT_IN_USE
 */
export async function claimSlot(session: pg.Client, claim: SlotClaim, signal: AbortSignal): Promise<void> {
  const slot = await readSlot(session, claim.slotName)
  assertComplete(slot, claim)
  await assertPublication(session, claim)
  const free = await pollUntil(() => tryToFree(session, claim), patienceMs, signal)
  if (!free) throw inUse(claim.slotName)
}

function assertComplete(
  slot: SlotState | null,
  { slotName, startLsn }: SlotClaim,
): asserts slot is SlotState {
  if (slot === null) throw slotLost(slotName, 'does not exist any more')
  if (!slot.here || slot.plugin !== 'pgoutput') {
    throw slotLost(slotName, `is one of database ${slot.database ?? '?'} with plugin ${slot.plugin ?? '?'}`)
  }
  if (slot.lostBecause !== null) throw slotLost(slotName, `was invalidated (${slot.lostBecause})`)
  if (slot.confirmedLsn !== null && slot.confirmedLsn > startLsn) {
    // Nothing is acknowledged before it is on the target, so the target went back or the slot was moved.
    throw slotLost(
      slotName,
      `continues at ${formatLsn(slot.confirmedLsn)}, but the target has the changes up to ${formatLsn(startLsn)} only`,
    )
  }
}

async function assertPublication(session: pg.Client, { publicationName }: SlotClaim): Promise<void> {
  const found = await session.query('select from pg_catalog.pg_publication where pubname = $1', [
    publicationName,
  ])
  if (found.rowCount === 1) return
  throw new GodwitError('SLOT_LOST', `Publication ${publicationName} does not exist any more on the source.`)
}

async function tryToFree(session: pg.Client, claim: SlotClaim): Promise<boolean> {
  const slot = await readSlot(session, claim.slotName)
  assertComplete(slot, claim)
  if (slot.activePid === null) return true
  if (!slot.heldByGodwit) return false
  try {
    await session.query('select pg_catalog.pg_terminate_backend($1)', [slot.activePid])
  } catch (error) {
    if (sqlStateOf(error) === sqlState.insufficientPrivilege) throw inUse(claim.slotName)
    throw error
  }
  return false
}

function slotLost(slotName: string, what: string): GodwitError {
  return new GodwitError('SLOT_LOST', `Slot ${slotName} ${what}.`)
}
