import type { Button } from '@slack/types'
import { actionIds } from './action-ids.ts'
import { actions, button } from './blocks/buttons.ts'
import { context, lines, section } from './blocks/layout.ts'
import { message, type SlackMessage } from './message.ts'
import { code, given, type Mrkdwn, mrkdwn, none, sentences } from './mrkdwn.ts'

interface Refusal {
  /** Of the API; absent where the bot itself refuses. */
  readonly code?: string
  readonly message: string
  readonly remedy?: string
}

/** Why something was not done, and what to do about it. For the eyes of whoever asked. */
export function refusal({ code: name, message: why, remedy }: Refusal): SlackMessage {
  return message({
    text: sentences([given(why, 500), remedy === undefined ? none : given(remedy, 500)]),
    blocks: [
      section(
        lines(given(why, 800), remedy === undefined ? none : mrkdwn`*What to do:* ${given(remedy, 800)}`),
      ),
      ...(name === undefined ? [] : [context(code(name))]),
    ],
  })
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
  return told(given(text, 1000), [])
}

function told(text: Mrkdwn, buttons: readonly Button[]): SlackMessage {
  return message({ text, blocks: [section(text), ...actions('next', [...buttons])] })
}
