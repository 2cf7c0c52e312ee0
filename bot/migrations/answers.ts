/** What people are told about what they have asked of a migration. */
import type { ApiError } from '../client/index.ts'
import { actionIds, type MigrationCard, type SlackMessage } from '../views/index.ts'
import { actions, button } from '../views/blocks/buttons.ts'
import { context, lines, section } from '../views/blocks/layout.ts'
import { cardButtons } from '../views/card/buttons.ts'
import { statusLine } from '../views/card/status-line.ts'
import { message } from '../views/message.ts'
import { code, given, Mrkdwn, mrkdwn, none, sentences } from '../views/mrkdwn.ts'

type Named = Pick<MigrationCard, 'shortId' | 'name'>

/** As it is called in sentences. */
export function called({ name, shortId }: Named): Mrkdwn {
  return mrkdwn`*${name}* (${shortId})`
}

/** One sentence of ours. */
export function sentence(text: Mrkdwn): SlackMessage {
  return message({ text, blocks: [section(text)] })
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

function reason(why: string, remedy: string): Mrkdwn {
  return lines(given(why, 800), remedy === '' ? none : mrkdwn`*What to do:* ${given(remedy, 800)}`)
}

/** Why nothing was done, how the migration is now, and what can be done with it. */
export function refusalNow(error: ApiError, migration: MigrationCard, now: Date): SlackMessage {
  const { mark, words } = statusLine(migration, now)
  const state = mrkdwn`${mark} ${called(migration)} is now: *${words}*`
  const isStale = error.code === 'STALE_VERSION'
  const why = isStale
    ? mrkdwn`It has changed since you looked at it, so nothing was done.`
    : reason(error.message, error.remedy)
  return message({
    text: sentences([why, state]),
    blocks: [section(lines(why, state)), context(code(error.code)), ...cardButtons(migration)],
  })
}
