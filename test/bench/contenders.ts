import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { runIncremental } from '../../engine/apply/index.ts'
import { takeOver } from '../../engine/bookkeeping/index.ts'
import { connect } from '../../engine/endpoint/index.ts'
import type { ConnectionSettings } from '../../engine/index.ts'
import type { Lsn } from '../../engine/replication/index.ts'

/** Where a captured load is, and a target that is as the source was before it. */
export interface Course {
  readonly source: ConnectionSettings
  readonly target: ConnectionSettings
  readonly slotName: string
  readonly publicationName: string
  readonly startLsn: Lsn
  readonly stopAt: Lsn
}

export interface Contender {
  readonly name: string
  /** Applies the load and returns how long that took, in milliseconds. */
  readonly run: (course: Course) => Promise<number>
}

export const godwit: Contender = {
  name: 'Godwit',
  run: async (course) => {
    const guard = { migrationId: randomUUID(), stream: 'main', epoch: 1n }
    {
      await using session = await connect(course.target, { purpose: 'bench' })
      await takeOver(session, guard)
    }
    const startedAt = performance.now()
    await runIncremental(
      {
        ...course,
        guard,
        renames: [],
        systemIdentifier: null,
        timeline: null,
        replicaRole: true,
        onProgress: () => {},
      },
      new AbortController().signal,
    )
    return performance.now() - startedAt
  },
}

/** Waits for the last row of the load. */
export const subscription: Contender = {
  name: 'Subscription',
  run: async ({ source, target, slotName, publicationName }) => {
    await using session = await connect(target, { purpose: 'bench' })
    const source_ = `host=${source.host} port=${source.port} user=${source.user} password=${source.password} dbname=${source.database}`
    await session.query(
      `create subscription s connection '${source_}' publication ${publicationName}
         with (enabled = false, create_slot = false, copy_data = false, slot_name = '${slotName}')`,
    )
    const startedAt = performance.now()
    await session.query('alter subscription s enable')
    for (;;) {
      const { rowCount } = await session.query('select from public.finish')
      if (rowCount === 1) break
      await sleep(5)
    }
    const tookMs = performance.now() - startedAt
    await session.query('alter subscription s disable')
    await session.query('alter subscription s set (slot_name = none)')
    await session.query('drop subscription s')
    return tookMs
  },
}
