import type { Button } from '@slack/types'
import { actionIds } from './action-ids.ts'
import { actions, button } from './blocks/buttons.ts'
import { context, lines, section } from './blocks/layout.ts'
import { message, sentence, type SlackMessage } from './message.ts'
import { apiText, type Naming } from './api-text.ts'
import { code, given, type Mrkdwn, mrkdwn, none, sentences } from './mrkdwn.ts'
import { forPeople, type Refusal } from './words/refusals.ts'

/** Why something was not done, and what to do about it. For the eyes of whoever asked, whom `naming` is about. */
export function refusal(refused: Refusal, naming?: Naming): SlackMessage {
  const { code: name, message: why, remedy = '' } = forPeople(refused)
  return message({
    text: sentences([apiText(why, 500, naming), remedy === '' ? none : apiText(remedy, 500, naming)]),
    blocks: [section(reason(refused, naming)), ...(name === undefined ? [] : [context(code(name))])],
  })
}

/** Why, and on another line what to do. */
export function reason(refused: Refusal, naming?: Naming): Mrkdwn {
  const { message: why, remedy = '' } = forPeople(refused)
  return lines(
    apiText(why, 800, naming),
    remedy === '' ? none : mrkdwn`*What to do:* ${apiText(remedy, 800, naming)}`,
  )
}

/** Of a button of another time, or a forged one. */
export const unreadable = refusal({
  message: 'This button is from another time, and cannot be read any more. Nothing was done.',
  remedy: 'Use /migrate, which shows what there is now.',
})

/** A command held what looks like a password. */
export function passwordRefused(): SlackMessage {
  return told(
    mrkdwn`That looks as if it held a password. Godwit did nothing with it and kept no copy, but Slack may have one: change the password now. Passwords are entered through a one-time link.`,
    [button({ text: 'New endpoint…', action: actionIds.newEndpoint, style: 'primary' })],
  )
}

/** A command that does not exist; `nearest` is one that does, with what was said after it. */
export function unknownVerb(verb: string, nearest: string | undefined): SlackMessage {
  const help = button({ text: 'Help', action: actionIds.help })
  if (nearest === undefined) return told(mrkdwn`There is no ${code(verb, 60)} here.`, [help])
  const run = button({
    text: `/migrate ${nearest}`,
    action: actionIds.runCommand,
    value: { c: nearest.slice(0, 200).toWellFormed() },
    style: 'primary',
  })
  return told(mrkdwn`There is no ${code(verb, 60)} here. Did you mean this?`, [run, help])
}

/** A command without an id, where no migration is active. */
export function noMigrationHere(): SlackMessage {
  return told(mrkdwn`No migration is active in this channel.`, [
    button({ text: 'New migration…', action: actionIds.new, style: 'primary' }),
    button({ text: 'Show all', action: actionIds.runCommand, value: { c: 'list' } }),
  ])
}

/** What has been done, or what cannot be, in one sentence. */
export function notice(text: string): SlackMessage {
  return sentence(given(text, 1000))
}

function told(text: Mrkdwn, buttons: readonly Button[]): SlackMessage {
  return message({ text, blocks: [section(text), ...actions('next', [...buttons])] })
}
