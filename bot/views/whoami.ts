import { context, lines, section } from './blocks/layout.ts'
import { message, type SlackMessage } from './message.ts'
import { join, type Mention, mention, type Mrkdwn, mrkdwn, person } from './mrkdwn.ts'
import type { Scope } from './words/types.ts'

/** By which entry of the configuration somebody has a role. */
type Reason =
  | { readonly by: 'everyone' }
  | { readonly by: 'user' }
  | { readonly by: 'email' }
  | { readonly by: 'group'; readonly group: Mention }

export interface Myself {
  /** As the API knows them. */
  readonly person: string
  /** The highest that they have; null: none. */
  readonly role: { readonly scope: Scope; readonly reason: Reason } | null
}

const allowed: Readonly<Record<Scope, readonly string[]>> = {
  READ: ['see migrations'],
  OPERATE: ['see migrations', 'make, start and stop them'],
  APPROVE: ['see migrations', 'make, start and stop them', 'approve cutovers that a rule names you for'],
  ADMIN: [
    'see migrations',
    'make, start and stop them',
    'approve cutovers that a rule names you for',
    'break the glass',
  ],
}

/** What somebody may do, and why. */
export function whoami({ person: name, role }: Myself): SlackMessage {
  const who = mrkdwn`Godwit knows you as *${person(name)}*.`
  if (role === null) {
    const nothing = mrkdwn`You may do nothing here yet. Ask whoever runs Godwit for a role.`
    return message({ text: mrkdwn`${who} ${nothing}`, blocks: [section(lines(who, nothing))] })
  }
  const may = mrkdwn`You may ${join(
    allowed[role.scope].map((each) => mrkdwn`${each}`),
    ' · ',
  )}.`
  const why = mrkdwn`Role ${role.scope.toLowerCase()}, because ${because(role.reason)}.`
  return message({
    text: mrkdwn`${who} ${may} ${why}`,
    blocks: [section(lines(who, may)), context(why)],
  })
}

function because(reason: Reason): Mrkdwn {
  if (reason.by === 'group') return mrkdwn`you are in ${mention(reason.group)}`
  if (reason.by === 'user') return mrkdwn`it was given to you`
  if (reason.by === 'email') return mrkdwn`it was given to your e-mail address`
  return mrkdwn`every full member of this workspace has it`
}
