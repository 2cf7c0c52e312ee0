import { called, changes, done, isPossible } from '../migrations/index.ts'
import type { ModalHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import type { MigrationCard } from '../views/index.ts'
import { cancelModal } from '../views/modals/cancel.ts'
import { inputIds, modalIds } from '../views/modals/ids.ts'
import { mrkdwn } from '../views/mrkdwn.ts'
import { changed, close, contextOf, readAbout } from './about.ts'
import { textOf } from './entered.ts'

/** An endpoint that was deleted has no name any more. */
function nameToType({ target, shortId }: MigrationCard): string {
  return target?.name ?? shortId
}

export async function openCancel(turn: Turn, migration: MigrationCard): Promise<void> {
  if (!(await isPossible(turn, 'CANCEL', migration))) return
  const { name } = migration
  await turn.openModal(
    cancelModal({ ...contextOf(turn, migration), name, targetName: nameToType(migration) }),
  )
}

export const cancel: ModalHandler = {
  async submit(from, view) {
    const about = await readAbout(from, view)
    if (about === null) return close
    const { turn, context, migration } = about
    const wanted = nameToType(migration)
    if (textOf(view, inputIds.typedName) !== wanted.trim())
      return { kind: 'errors', errors: { [inputIds.typedName]: `Type it as it is: ${wanted}`.slice(0, 300) } }
    const input = {
      id: context.m,
      idempotencyKey: turn.deliveryKey,
      ...(context.v !== undefined && { expectedVersion: context.v }),
    }
    return changed(about, modalIds.cancel, async () => {
      await changes.cancel(turn.api, input)
      await turn.say(done(turn.person.name, mrkdwn`has cancelled ${called(migration)}`))
    })
  },
}
