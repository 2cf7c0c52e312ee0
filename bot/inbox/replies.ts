import type { Stranger } from '../people/index.ts'

/** What people are told when something cannot be done. */
export const replies = {
  secret:
    'This looks like it has a password or a token in it, so it was not read, kept or logged. But Slack has it now: ' +
    'change that password or token. Databases are named in Slack by their endpoint; passwords are entered with a one-time ' +
    'link (/migrate endpoints) or through the API.',
  unreachable:
    'Godwit does not answer at the moment. If what you asked for has reached it, it is done, once, as soon as it is back; ' +
    'look with /migrate before you ask again. Whoever runs Godwit finds the reason in its log.',
  delayed: 'Godwit does not answer at the moment. What you asked for is done as soon as it is back.',
  givenUp:
    'What you asked for a while ago could not be done, although it was tried several times. If a part of it was done, ' +
    '/migrate shows it. It is not tried again: ask again if you still want it. Whoever runs Godwit finds the reason in its log.',
  refusedLate: 'What you entered could not be done, and the window was closed before that was known:',
  slackFails: 'Slack does not tell who you are at the moment, so nothing was done. Try again in a minute.',
  slackDelays:
    'Slack does not tell who you are at the moment. What you asked for is done as soon as it does.',
  unsaid: 'It may be done, but Slack did not take the message that says so: look with /migrate.',
  unshown: 'Slack did not take what you asked for. Try again in a minute.',
  failed: 'This did not work, for a reason that nobody has foreseen. It is in Godwit’s log under',
  notInstalled:
    'Godwit is not installed in this workspace (any more). Ask an administrator of the workspace to install it.',
  tooLate: 'That took too long for Slack to open the window. Please try again.',
} as const

const refusals: Readonly<Record<Stranger['refusal'], string>> = {
  external:
    'Godwit works for members of the workspace that it is installed in, and you are of another. Ask somebody there.',
  guest: 'Godwit works for full members of this workspace, not for guests. Ask a member to do it.',
  bot: 'Godwit works for people, not for other apps.',
  deactivated: 'This account is deactivated.',
  'no role': 'You have no role in Godwit. Whoever runs it gives you one with the setting GODWIT_SLACK_ROLES.',
}

export function refusalOf({ refusal }: Stranger): string {
  return refusals[refusal]
}
