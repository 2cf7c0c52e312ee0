/** The simulated Slack of the demo: a workspace with the app in it, a channel, and people to be. */
import { verbNames, entryOf } from '../../../bot/commands/verbs.ts'
import {
  type Channel,
  type CommandHint,
  type Slack,
  type SlackPage,
  startSlack,
  startSlackPage,
} from '../../support/slack/index.ts'

export interface DemoTown extends AsyncDisposable {
  readonly slack: Slack
  readonly page: SlackPage
  readonly channel: Channel
  /** Of who approves, as the API knows them. */
  readonly approver: string
  /** What Godwit is told, so that it finds this Slack and knows who may do what. */
  readonly settings: Readonly<Record<string, string>>
}

/** As in bot/manifest.yml. */
const app = {
  name: 'Godwit',
  escapeCommands: true,
  scopes: ['chat:write', 'commands', 'im:write', 'usergroups:read', 'users:read', 'users:read.email'],
}

/** Ten times what Slack gives: here the bot has a machine together with a browser, three databases and their load. */
const answerWithinMs = 30_000

const hints: readonly CommandHint[] = [
  { typed: '/migrate', does: 'What is running in this channel.' },
  ...verbNames.map((verb) => ({ typed: `/migrate ${verb}`, does: entryOf(verb).does })),
]

/**
 * Starts it, with its page.
 * @throws PortTaken
 */
export async function startTown(port: number): Promise<DemoTown> {
  await using starting = new AsyncDisposableStack()
  const slack = starting.use(await startSlack({ app, answerWithinMs }))
  const workspace = slack.addWorkspace({ name: 'Shop', domain: 'shop' })
  const { accessToken } = slack.install(workspace)
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  const maya = slack.addUser(workspace, 'maya', { realName: 'Maya', timeZone })
  const ben = slack.addUser(workspace, 'ben', { realName: 'Ben', timeZone })
  const partner = slack.addWorkspace({ name: 'Partner', domain: 'partner' })
  const olga = slack.addUser(partner, 'olga', { realName: 'Olga', timeZone })
  const channel = slack.addChannel(workspace, 'databases', { members: [maya, ben] })
  slack.invite(channel, olga)
  const page = starting.use(
    await startPage(slack, port, [
      { user: maya, role: 'asks for migrations' },
      { user: ben, role: 'approves cutovers' },
      { user: olga, role: 'is of another company' },
    ]),
  )
  slack
    .as(ben)
    .say(
      channel,
      'Maya, the shop still runs on PostgreSQL 15. Could you move it to 18? `/migrate new` begins it, and I approve the cutover.',
    )
  const started = starting.move()
  return {
    slack,
    page,
    channel,
    approver: ben.email,
    settings: {
      SLACK_BOT_TOKEN: accessToken,
      SLACK_SIGNING_SECRET: slack.app.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      GODWIT_SLACK_ROLES: `read=*; approve=${maya.id},${ben.id}`,
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

/** Somebody else listens there already. */
class PortTaken extends Error {
  override readonly name = 'PortTaken'
  readonly remedy = 'Choose another with --port, or leave it out to have any that is free.'
}

type People = NonNullable<NonNullable<Parameters<typeof startSlackPage>[1]>['people']>

async function startPage(slack: Slack, port: number, people: People): Promise<SlackPage> {
  try {
    return await startSlackPage(slack, { people, hints, port })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new PortTaken(`The page cannot be served on port ${port} (${String(error.code)}).`, {
      cause: error,
    })
  }
}
