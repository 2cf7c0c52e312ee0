import { actions, linkButton } from './blocks/buttons.ts'
import { context, lines, section } from './blocks/layout.ts'
import { message, type SlackMessage } from './message.ts'
import { mrkdwn, when } from './mrkdwn.ts'

interface CreatedEndpoint {
  readonly name: string
  /** Where its password is entered, once. */
  readonly passwordUrl: string
  readonly expiresAt: string
}

/** For the eyes of whoever made it: the next step is its password, outside of Slack. */
export function endpointCreated({ name, passwordUrl, expiresAt }: CreatedEndpoint): SlackMessage {
  return message({
    text: mrkdwn`${name} is saved. Enter its password through the link in this message.`,
    blocks: [
      section(lines(mrkdwn`*${name}* is saved.`, mrkdwn`Now enter its password, outside of Slack.`)),
      ...actions('password', [linkButton('Enter password', passwordUrl)]),
      context(mrkdwn`The link works once, until ${when(expiresAt)}. Do not pass it on.`),
    ],
  })
}
