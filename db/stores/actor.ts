import type { Actor, Lease } from '../../engine/index.ts'

interface ActorRow {
  readonly actorKind: Actor['kind']
  readonly actorId: string
  readonly actorName: string
  readonly onBehalfOf: string | null
}

export function toActorRow(actor: Actor): ActorRow {
  return {
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    onBehalfOf: actor.onBehalfOf ?? null,
  }
}

export function toActor(row: ActorRow): Actor {
  return {
    kind: row.actorKind,
    id: row.actorId,
    name: row.actorName,
    ...(row.onBehalfOf !== null && { onBehalfOf: row.onBehalfOf }),
  }
}

/** The worker that holds a lease, as an actor. */
export function workerActor(lease: Pick<Lease, 'owner'>): Actor {
  return { kind: 'worker', id: lease.owner, name: lease.owner }
}

/** Godwit itself, where nobody asked. */
export const systemActor: Actor = { kind: 'system', id: 'godwit', name: 'Godwit' }
