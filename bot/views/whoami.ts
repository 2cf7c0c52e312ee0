import { type Grantee, type Role, writeGrant } from '../people/roles.ts'
import { context, lines, section } from './blocks/layout.ts'
import { message, type SlackMessage } from './message.ts'
import { code, join, mrkdwn } from './mrkdwn.ts'

export interface Myself {
  /** As the workspace shows them. */
  readonly name: string
  /** As the API knows them. */
  readonly person: string
  /** The highest that they have. */
  readonly role: Role
  /** Whom the setting means that gives it to them. */
  readonly grantee: Grantee
}

const allowed: Readonly<Record<Role, readonly string[]>> = {
  read: ['see migrations, and change nothing'],
  operate: ['see migrations', 'make, start and stop them', 'ask for a cutover'],
  approve: [
    'see migrations',
    'make, start and stop them',
    'approve cutovers of others, where a rule of approval names you',
  ],
  admin: [
    'see migrations',
    'make, start and stop them',
    'approve cutovers of others, where a rule of approval names you',
    'break the glass',
  ],
}

const meant: Readonly<Record<Grantee['kind'], string>> = {
  everyone: 'which means everyone in this workspace who is no guest',
  user: 'which names you by your id',
  email: 'which is your e-mail address',
  group: 'which is a user group that you are in',
}

/** What somebody may do, and by which entry of the configuration. */
export function whoami({ name, person, role, grantee }: Myself): SlackMessage {
  const who = mrkdwn`You are *${name}*; Godwit knows you as *${person}*.`
  const may = mrkdwn`Your role is *${role}*: you may ${join(
    allowed[role].map((each) => mrkdwn`${each}`),
    ' · ',
  )}.`
  const rule = code(writeGrant({ role, to: grantee }))
  const why = mrkdwn`GODWIT_SLACK_ROLES says ${rule}, ${meant[grantee.kind]}.`
  return message({
    text: mrkdwn`${who} ${may} ${why}`,
    blocks: [section(lines(who, may)), context(why)],
  })
}
