import type { AuditEntry, AuditLog } from '../../engine/index.ts'
import type { ControlDatabase } from '../control-database.ts'
import { audit } from '../schema/index.ts'
import { toActor } from './actor.ts'
import { readPage } from './paging.ts'

export function createAuditLog(database: ControlDatabase): AuditLog {
  return {
    list: (page) =>
      database.run((session) =>
        readPage(page, audit.id, {
          select: ({ where, orderBy, limit }) =>
            session.select().from(audit).where(where).orderBy(orderBy).limit(limit),
          toItem: toEntry,
        }),
      ),
  }
}

function toEntry(row: typeof audit.$inferSelect): AuditEntry {
  const { id, at, operation, subjectId, details } = row
  return { id, at, operation, subjectId, details, actor: toActor(row) }
}
