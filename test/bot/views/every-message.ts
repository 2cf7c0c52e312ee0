import {
  alarmMessage,
  cleanUpMessage,
  comparisonMessage,
  completedMessage,
  cutoverMessage,
  endpointCreated,
  escalationMessage,
  endpointList,
  failedMessage,
  help,
  helpFor,
  lagMessage,
  migrationCard,
  migrationList,
  noMigrationHere,
  notice,
  passwordLink,
  passwordRefused,
  progressMessage,
  refusal,
  reportMessage,
  type SlackMessage,
  threadEvents,
  unknownVerb,
  unreadable,
  verifyReportMessage,
  whoami,
} from '../../../bot/views/index.ts'
import { ApiError } from '../../../bot/client/index.ts'
import { verbNames } from '../../../bot/commands/verbs.ts'
import { replies } from '../../../bot/inbox/replies.ts'
import { actWords } from '../../../bot/migrations/acts.ts'
import { anotherChannel } from './golden.ts'
import {
  called as calledSo,
  done,
  elsewhere,
  noSuchMigration,
  refusalNow,
} from '../../../bot/migrations/answers.ts'
import {
  channelGoneMessage,
  deletedMessage,
  eventNotice,
  movedMessage,
} from '../../../bot/notify/content/notices.ts'
import { ahead, cards, now } from './samples.ts'
import { completions, cutovers, reports } from './samples-of-cutovers.ts'
import { events, toldAlone } from './samples-of-events.ts'
import { endpointLines, migrationLines } from './samples-of-lists.ts'
import { alarms, lags, progresses, verifyReports } from './samples-of-messages.ts'

/** Gives data as it is, or with other texts in it. */
export type Change = <T>(data: T) => T

/** Makes a message of samples that were changed before. */
export type Render = (change: Change) => SlackMessage

/** A view, shown of each of its samples. */
function each<T>(
  view: string,
  samples: Readonly<Record<string, T>>,
  render: (sample: T) => SlackMessage,
): Readonly<Record<string, Render>> {
  return Object.fromEntries(
    Object.entries(samples).map(([name, sample]) => [
      `${view}.${name}`,
      (change: Change) => render(change(sample)),
    ]),
  )
}

const goneChannel = { shortId: 'm-7f3k', channel: anotherChannel, isUninvited: false }

const refused = {
  'by-the-api': {
    code: 'APPROVAL_REFUSED',
    message:
      'alice@example.com planned this cutover, so somebody else has to approve it: bob@example.com can.',
    remedy: 'Ask one of the named people.',
  },
  'by-the-bot': { message: 'That message is not there any more.' },
}

const called = { name: 'Shop to the new cluster', shortId: 'm-7f3k' }

const refusedNow = {
  code: 'BAD_STATUS',
  message: 'It cannot be paused now.',
  remedy: 'Look at its card.',
} as const
const cardsRefused = {
  'by-the-api': { card: cards.failed!, error: refusedNow },
  stale: { card: cards.ready!, error: { ...refusedNow, code: 'STALE_VERSION' } },
} as const

/** Of those who read them. */
const ourWorkspace = 'T012AB3CD'

/** Every message that the bot can send, by the name of its golden file. */
export const everyMessage: Readonly<Record<string, Render>> = {
  ...each('card', cards, (card) => migrationCard(card, now)),
  ...each('failed', { failed: cards.failed!, fenced: cards['fence-not-lifted']! }, failedMessage),
  ...each('verify', verifyReports, verifyReportMessage),
  ...each('progress', progresses, (progress) => progressMessage(progress, now)),
  ...each('lag', lags, lagMessage),
  ...each('alarm', alarms, (alarm) => alarmMessage(alarm)),
  ...each('escalation', { firing: alarms.firing!, critical: alarms.critical! }, (alarm) =>
    escalationMessage(alarm),
  ),
  ...each('escalation-with-link', { firing: alarms.firing! }, (alarm) =>
    escalationMessage(alarm, { cardUrl: 'https://example.slack.com/archives/C1/p1' }),
  ),
  ...each('event-notice', toldAlone, (event) => eventNotice('m-7f3k', event, ourWorkspace)),
  ...each('no-such-migration', { named: { name: 'm-none' } }, ({ name }) => noSuchMigration(name)),
  ...each('elsewhere', { channel: called }, (migration) => elsewhere(migration, anotherChannel)),
  'elsewhere.other-workspace': (change) => elsewhere(change(called), null),
  ...each('refusal-now', cardsRefused, ({ card, error }) =>
    refusalNow(new ApiError({ ...error, remedy: error.remedy || 'None.' }), card, now),
  ),
  ...each('done', { paused: { person: 'Alice', ...called } }, ({ person, ...migration }) =>
    done(person, actWords.pause(calledSo(migration))),
  ),
  ...Object.fromEntries(Object.entries(replies).map(([name, text]) => [`reply.${name}`, () => notice(text)])),
  'notice.deleted': () => deletedMessage('m-7f3k'),
  'notice.moved': () => movedMessage('m-7f3k', anotherChannel),
  'notice.channel-gone': () => channelGoneMessage({ ...goneChannel, movedTo: null }),
  'notice.channel-gone-moved': () => channelGoneMessage({ ...goneChannel, movedTo: anotherChannel }),
  'notice.uninvited': () => channelGoneMessage({ ...goneChannel, isUninvited: true, movedTo: null }),
  'notice.uninvited-moved': () =>
    channelGoneMessage({ ...goneChannel, isUninvited: true, movedTo: anotherChannel }),
  'refusal.unreadable': () => unreadable,
  ...each('cutover', cutovers, (cutover) =>
    cutoverMessage(cutover, { approvers: [], workspaceId: ourWorkspace }),
  ),
  ...each('completed', completions, (completion) => completedMessage(completion, ourWorkspace)),
  ...each('clean-up', completions, cleanUpMessage),
  ...each('report', reports, (report) => reportMessage(report, ourWorkspace)),
  ...each('comparison', reports, comparisonMessage),
  ...each('thread', { events: { events } }, ({ events: all }) => threadEvents(all, ourWorkspace)),
  ...each('list', { some: migrationLines, none: [] }, (lines) =>
    migrationList(lines, { title: 'Migrations', more: undefined }),
  ),
  ...each('list-of-many', { some: Array.from({ length: 12 }, () => migrationLines).flat() }, (lines) =>
    migrationList(lines, { title: 'Migrations', more: { i: 'cursor', c: 'active' } }),
  ),
  ...each('endpoints', { some: endpointLines, none: [] }, (lines) => endpointList(lines, undefined)),
  ...each('endpoints-many', { some: Array.from({ length: 15 }, () => endpointLines).flat() }, (lines) =>
    endpointList(lines, { i: 'cursor' }),
  ),
  ...each('refusal', refused, (of) => refusal('remedy' in of ? { ...of, remedy: of.remedy || 'None.' } : of)),
  ...each('endpoint-created', { endpoint: { name: 'shop-new' } }, ({ name }) =>
    endpointCreated({ name, passwordUrl: 'https://godwit.example/password/x', expiresAt: ahead(900) }),
  ),
  ...each('password-link', { endpoint: { name: 'shop-new' } }, ({ name }) =>
    passwordLink({ name, passwordUrl: 'https://godwit.example/password/x', expiresAt: ahead(900) }),
  ),
  ...each('whoami', { admin: { name: 'Alice', person: 'alice@example.com' } }, (of) =>
    whoami({ ...of, role: 'admin', grantee: { kind: 'user', id: 'U012AB3CD' } }),
  ),
  ...each('whoami-group', { approver: { name: 'Bob', person: 'slack:T012/U034' } }, (of) =>
    whoami({ ...of, role: 'approve', grantee: { kind: 'group', id: 'S012AB3CD' } }),
  ),
  ...each('unknown-verb', { near: { name: 'strat' }, far: { name: 'frobnicate' } }, ({ name }) =>
    unknownVerb(name, name === 'strat' ? 'start m-7f3k' : undefined),
  ),
  ...each('notice', { paused: { message: 'Paused.' } }, ({ message }) => notice(message)),
  'help.all': help,
  ...Object.fromEntries(verbNames.map((verb) => [`help.${verb}`, () => helpFor(verb)])),
  'refusal.password': passwordRefused,
  'refusal.no-migration': noMigrationHere,
}
