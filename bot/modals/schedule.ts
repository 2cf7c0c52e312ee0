import { called, changes, done, isPossible } from '../migrations/index.ts'
import type { ModalHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import type { MigrationCard } from '../views/index.ts'
import { inputIds, modalIds } from '../views/modals/ids.ts'
import { scheduleModal } from '../views/modals/schedule.ts'
import { mrkdwn, when } from '../views/mrkdwn.ts'
import { changed, close, contextOf, readAbout } from './about.ts'
import { choicesOf, momentOf, textOf } from './entered.ts'

const hourMs = 3_600_000

export async function openSchedule(turn: Turn, migration: MigrationCard, startAt?: Date): Promise<void> {
  if (!(await isPossible(turn, 'SCHEDULE', migration))) return
  const { name, verifyReport, schedule } = migration
  const warnings = verifyReport?.checks.filter(({ outcome }) => outcome === 'WARNING').length ?? 0
  const planned = schedule === null ? nextHour() : new Date(schedule.startAt)
  await turn.openModal(
    scheduleModal({
      ...contextOf(turn, migration),
      name,
      warnings,
      startAt: startAt ?? planned,
      timeZone: turn.person.timeZone,
    }),
  )
}

function nextHour(): Date {
  return new Date((Math.floor(Date.now() / hourMs) + 1) * hourMs)
}

export const schedule: ModalHandler = {
  async submit(from, view) {
    const about = await readAbout(from, view)
    const startAt = momentOf(view, inputIds.startAt)
    if (about === null || startAt === null) return close
    const { turn, context, migration } = about
    const input = {
      id: context.m,
      idempotencyKey: turn.deliveryKey,
      startAt: startAt.toISOString(),
      acceptWarnings: choicesOf(view, inputIds.acceptWarnings).length > 0,
      whenMissed: textOf(view, inputIds.whenMissed) === 'RUN' ? ('RUN' as const) : ('REPORT' as const),
      ...(context.v !== undefined && { expectedVersion: context.v }),
    }
    return changed(about, modalIds.schedule, async () => {
      await changes.schedule(turn.api, input)
      const did = mrkdwn`has scheduled ${called(migration)} to start ${when(startAt)}`
      await turn.say(done(turn.person.name, did))
    })
  },
}
