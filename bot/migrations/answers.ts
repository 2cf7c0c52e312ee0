/** What people are told about what they have asked of a migration. */
import type { Turn } from '../turn.ts'
import { actionIds, type MigrationCard, type SlackMessage } from '../views/index.ts'
import { actions, button } from '../views/blocks/buttons.ts'
import { context, lines, section } from '../views/blocks/layout.ts'
import { cardButtons } from '../views/card/buttons.ts'
import { statusLine } from '../views/card/status-line.ts'
import type { Naming } from '../views/api-text.ts'
import { message, sentence } from '../views/message.ts'
import { code, Mrkdwn, mrkdwn, none, sentences } from '../views/mrkdwn.ts'
import { reason } from '../views/refusals.ts'
import type { Refusal } from '../views/words/refusals.ts'

type Named = Pick<MigrationCard, 'shortId' | 'name'>

/** As it is called in sentences. */
export function called({ name, shortId }: Named): Mrkdwn {
  return mrkdwn`*${name}* (${shortId})`
}

export function noSuchMigration(id: string): SlackMessage {
  const text = mrkdwn`There is no migration ${code(id, 40)}.`
  const list = button({ text: 'Show all', action: actionIds.runCommand, value: { c: 'list' } })
  return message({ text, blocks: [section(text), ...actions('next', [list])] })
}

/** `channel`: where it belongs; null: in another workspace. */
export function elsewhere(migration: Named, channel: string | null): SlackMessage {
  const place = channel === null ? mrkdwn`another workspace` : channelMention(channel)
  return sentence(
    mrkdwn`${called(migration)} belongs to ${place}. Do it there, where the others see it; ${code(`/migrate watch ${migration.shortId}`)} brings it here.`,
  )
}

function channelMention(id: string): Mrkdwn {
  return /^[A-Z0-9]+$/.test(id) ? new Mrkdwn(`<#${id}>`) : none
}

/** Somebody has done something; for the channel. */
export function done(person: string, did: Mrkdwn): SlackMessage {
  return sentence(mrkdwn`*${person}* ${did}.`)
}

const notPossible = {
  SCHEDULE: 'Its start cannot be scheduled now.',
  COMPLETE: 'Its cutover cannot be planned now: that is for a migration that follows its source.',
  CANCEL: 'It cannot be cancelled now.',
} as const

/** Whether the API would take what a modal is for; the person is told when not, before it is opened. */
export async function isPossible(
  turn: Turn,
  action: keyof typeof notPossible,
  migration: MigrationCard,
): Promise<boolean> {
  if (migration.availableActions.includes(action)) return true
  const refused = { code: 'ILLEGAL_ACTION', message: notPossible[action] }
  await turn.tell(refusalNow(refused, migration, new Date(), turn))
  return false
}

/** Why nothing was done, how the migration is now, and what can be done with it. */
export function refusalNow(
  refused: Refusal & { readonly code: string },
  migration: MigrationCard,
  now: Date,
  naming?: Naming,
): SlackMessage {
  const { mark, words } = statusLine(migration, now)
  const state = mrkdwn`${mark} ${called(migration)} is now: *${words}*`
  const why =
    refused.code === 'STALE_VERSION'
      ? mrkdwn`It has changed since you looked at it, so nothing was done.`
      : reason(refused, naming)
  return message({
    text: sentences([why, state]),
    blocks: [section(lines(why, state)), context(code(refused.code)), ...cardButtons(migration)],
  })
}
