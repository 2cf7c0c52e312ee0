import { actions, linkButton } from './blocks/buttons.ts'
import { context, lines, section } from './blocks/layout.ts'
import { message, type SlackMessage } from './message.ts'
import { type Mrkdwn, mrkdwn, when } from './mrkdwn.ts'

export interface EndpointPassword {
  readonly name: string
  /** Where its password is entered, once. */
  readonly passwordUrl: string
  readonly expiresAt: string
}

/** For the eyes of whoever made it: the next step is its password, outside of Slack. */
export function endpointCreated(created: EndpointPassword): SlackMessage {
  const { name } = created
  return withLink(created, {
    text: mrkdwn`${name} is saved. Enter its password through the link in this message.`,
    said: lines(mrkdwn`*${name}* is saved.`, mrkdwn`Now enter its password, outside of Slack.`),
  })
}

/** For the eyes of whoever asked for another link. */
export function passwordLink(endpoint: EndpointPassword): SlackMessage {
  const { name } = endpoint
  return withLink(endpoint, {
    text: mrkdwn`Enter the password of ${name} through the link in this message.`,
    said: mrkdwn`Enter the password of *${name}*, outside of Slack. A link from before works no more.`,
  })
}

function withLink(
  { passwordUrl, expiresAt }: EndpointPassword,
  { text, said }: { readonly text: Mrkdwn; readonly said: Mrkdwn },
): SlackMessage {
  return message({
    text,
    blocks: [
      section(said),
      ...actions('password', [linkButton('Enter password', passwordUrl)]),
      context(mrkdwn`The link works once, until ${when(expiresAt)}. Do not pass it on.`),
    ],
  })
}
