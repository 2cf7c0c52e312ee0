import { ApiError } from '../client/index.ts'
import { chooseMigration, findMigration } from '../migrations/index.ts'
import { orUnsaid } from '../inbox/turns.ts'
import type { SubmitAnswer } from '../registry.ts'
import type { Person } from '../people/index.ts'
import { type OpenView, SlackCallError } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import { type MigrationCard, unreadable } from '../views/index.ts'
import { type ModalContext, readModalContext } from '../views/modals/context.ts'
import { errorsOf } from '../views/modals/fields.ts'
import type { ModalId } from '../views/modals/ids.ts'

export const close: SubmitAnswer = { kind: 'close' }

/** What modals carry of where they were opened. */
export function contextOf({ channelId }: Turn, migration: MigrationCard): ModalContext {
  const { shortId: m, version: v } = migration
  return { m, v, ...(channelId !== null && { c: channelId }) }
}

/** The turn as if it were done in the channel from which the modal was opened, where the others are. */
export function inChannel(turn: Turn, channel: string | undefined): Turn {
  if (channel === undefined) return turn
  const { outgoing, workspaceId, person } = turn
  return {
    ...turn,
    channelId: channel,
    tell: (message) =>
      orElse(
        () => outgoing.ephemeral(workspaceId, { channel, user: person.userId }, message),
        () => turn.tell(message),
      ),
    say: (message) =>
      orUnsaid(turn, () =>
        orElse(
          async () => void (await outgoing.post(workspaceId, 'first', { channel }, message)),
          () => turn.tell(message),
        ),
      ),
  }
}

/** Where the bot is not in the channel, or it is gone. */
async function orElse(first: () => Promise<void>, second: () => Promise<void>): Promise<void> {
  try {
    await first()
  } catch (error) {
    if (!(error instanceof SlackCallError) || error.failure !== 'gone') throw error
    await second()
  }
}

export interface About {
  /** In the channel of the modal. */
  readonly turn: Turn
  readonly context: ModalContext & { readonly m: string }
  readonly migration: MigrationCard
  readonly view: OpenView
}

/** What a modal was about, as it is now. Null: it is not there any more, or not here; the person has been told. */
export async function readAbout(turn: Turn, view: OpenView): Promise<About | null> {
  const context = readModalContext(view.privateMetadata)
  if (context?.m === undefined) {
    await turn.tell(unreadable)
    return null
  }
  const there = inChannel(turn, context.c)
  const migration = await chooseMigration(there, context.m)
  return migration && { turn: there, context: { ...context, m: context.m }, migration, view }
}

/** Does what was asked for; what the API refuses stands at the input that it is about. */
export async function orErrors(
  { person, view }: Submitted,
  modal: ModalId,
  act: () => Promise<unknown>,
): Promise<SubmitAnswer> {
  try {
    await act()
    return close
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { workspaceId, timeZone } = person
    const shown = Object.keys(view.values)
    return { kind: 'errors', errors: errorsOf(modal, error, { shown, workspaceId, timeZone }) }
  }
}

interface Submitted {
  readonly person: Person
  readonly view: OpenView
}

/** The same for changes of a migration, which may have been done when the process died. */
export async function changed(
  { turn, context, view }: About,
  modal: ModalId,
  act: () => Promise<unknown>,
): Promise<SubmitAnswer> {
  return orErrors({ person: turn.person, view }, modal, async () => {
    try {
      await act()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.code === 'STALE_VERSION') throw await staleError(turn, context.m, error)
      if (error.code !== 'IDEMPOTENCY_KEY_REUSED') throw error
    }
  })
}

async function staleError(turn: Turn, id: string, error: ApiError): Promise<ApiError> {
  const migration = await findMigration(turn, id)
  const state = migration === null ? 'gone' : migration.status.toLowerCase().replaceAll('_', ' ')
  return new ApiError({
    code: error.code,
    message: `The migration has changed since this was opened: it is ${state} now. Nothing was done.`,
    remedy: '',
  })
}
