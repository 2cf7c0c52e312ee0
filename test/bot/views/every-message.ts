import {
  alarmMessage,
  cleanUpMessage,
  comparisonMessage,
  completedMessage,
  cutoverMessage,
  endpointCreated,
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
  verifyReportMessage,
  whoami,
} from '../../../bot/views/index.ts'
import { ahead, cards, now } from './samples.ts'
import {
  alarms,
  completions,
  cutovers,
  endpointLines,
  events,
  lags,
  migrationLines,
  progresses,
  reports,
  verifyReports,
} from './samples-of-messages.ts'

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

const refused = {
  'by-the-api': {
    code: 'APPROVAL_REFUSED',
    message:
      'alice@example.com planned this cutover, so somebody else has to approve it: bob@example.com can.',
    remedy: 'Ask one of the named people.',
  },
  'by-the-bot': { message: 'That message is not there any more.' },
}

/** Every message that the bot can send, by the name of its golden file. */
export const everyMessage: Readonly<Record<string, Render>> = {
  ...each('card', cards, (card) => migrationCard(card, now)),
  ...each('failed', { failed: cards.failed!, fenced: cards['fence-not-lifted']! }, failedMessage),
  ...each('verify', verifyReports, verifyReportMessage),
  ...each('progress', progresses, (progress) => progressMessage(progress, now)),
  ...each('lag', lags, lagMessage),
  ...each('alarm', alarms, (alarm) => alarmMessage(alarm)),
  ...each('alarm-with-link', { firing: alarms.firing! }, (alarm) =>
    alarmMessage(alarm, { cardUrl: 'https://example.slack.com/archives/C1/p1' }),
  ),
  ...each('cutover', cutovers, (cutover) => cutoverMessage(cutover)),
  ...each('completed', completions, completedMessage),
  ...each('clean-up', completions, cleanUpMessage),
  ...each('report', reports, reportMessage),
  ...each('comparison', reports, comparisonMessage),
  ...each('thread', { events }, threadEvents),
  ...each('list', { some: migrationLines, none: [] }, (lines) =>
    migrationList(lines, { title: 'Migrations', hasMore: false }),
  ),
  ...each('list-of-many', { some: Array.from({ length: 12 }, () => migrationLines).flat() }, (lines) =>
    migrationList(lines, { title: 'Migrations', hasMore: true }),
  ),
  ...each('endpoints', { some: endpointLines, none: [] }, (lines) => endpointList(lines, false)),
  ...each('endpoints-many', { some: Array.from({ length: 15 }, () => endpointLines).flat() }, (lines) =>
    endpointList(lines, true),
  ),
  ...each('refusal', refused, refusal),
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
  'help.schedule': () => helpFor('schedule'),
  'help.whoami': () => helpFor('whoami'),
  'refusal.password': passwordRefused,
  'refusal.no-migration': noMigrationHere,
}
