import { chooseMigration } from '../migrations/index.ts'
import {
  openBreakGlass,
  openCancel,
  openMute,
  openNewEndpoint,
  openNewMigration,
  openPlan,
  openReject,
  openSchedule,
} from '../modals/index.ts'
import type { ActionHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import type { MigrationCard } from '../views/index.ts'
import { readButton } from './button.ts'

/** A button that asks for more in a modal about its migration. */
function openButton(
  open: (turn: Turn, migration: MigrationCard, digest: string) => Promise<void>,
): ActionHandler {
  return {
    keeping: 'at once',
    async run(turn, action) {
      const read = await readButton(turn, action)
      const migration = read === null ? null : await chooseMigration(turn, read.m)
      if (read !== null && migration !== null) await open(turn, migration, read.d ?? '')
    },
  }
}

export const open = {
  cancel: openButton(openCancel),
  schedule: openButton((turn, migration) => openSchedule(turn, migration)),
  mute: openButton((turn, migration) => openMute(turn, migration)),
  plan: openButton(openPlan),
  reject: openButton(openReject),
  breakGlass: openButton(openBreakGlass),
  newMigration: { keeping: 'at once', run: (turn) => openNewMigration(turn) },
  newEndpoint: { keeping: 'at once', run: openNewEndpoint },
} satisfies Readonly<Record<string, ActionHandler>>
