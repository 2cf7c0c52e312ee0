import { chooseMigration } from '../migrations/index.ts'
import { openCancel, openMute, openNewMigration, openPlan, openSchedule } from '../modals/index.ts'
import type { CommandHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import { type MigrationCard, notice } from '../views/index.ts'
import { parseSpan, parseWhen } from './times.ts'

/** A verb that asks for more in a modal about the migration: `cancel [id]`. */
function openCommand(open: (turn: Turn, migration: MigrationCard) => Promise<void>): CommandHandler {
  return {
    keeping: 'at once',
    async run(turn, [id]) {
      const migration = await chooseMigration(turn, id)
      if (migration !== null) await open(turn, migration)
    },
  }
}

export const newMigration: CommandHandler = {
  keeping: 'at once',
  run: (turn, names) => openNewMigration(turn, names),
}
export const cancel = openCommand(openCancel)
export const cutover = openCommand(openPlan)

const shortId = /^m-[a-z0-9]+$/i

/** The id, which may be left out, and what follows it. */
function splitId(words: readonly string[]): { readonly id: string | undefined; readonly rest: string } {
  const [first = ''] = words
  const hasId = shortId.test(first)
  return { id: hasId ? first : undefined, rest: words.slice(hasId ? 1 : 0).join(' ') }
}

/** `mute [id] [how long]`: the modal shows what that would have hidden. */
export const mute: CommandHandler = {
  keeping: 'at once',
  async run(turn, words) {
    const { id, rest } = splitId(words)
    const span = rest === '' ? undefined : parseSpan(rest)
    if (span === null) return turn.tell(notice(`“${rest.slice(0, 60)}” is no time. Say 30m, 2h or 1d.`))
    const migration = await chooseMigration(turn, id)
    if (migration !== null) await openMute(turn, migration, span)
  },
}

/** `schedule [id] [when]`, by the clock of the person. */
export const schedule: CommandHandler = {
  keeping: 'at once',
  async run(turn, words) {
    const { id, rest } = splitId(words)
    const when = rest === '' ? undefined : parseWhen(rest, turn.person.timeZone, new Date())
    if (when === null) {
      const shown = rest.slice(0, 60)
      return turn.tell(notice(`“${shown}” is no time. Say 22:30, tomorrow 06:00 or 2026-11-20 22:30.`))
    }
    const migration = await chooseMigration(turn, id)
    if (migration !== null) await openSchedule(turn, migration, when)
  },
}
