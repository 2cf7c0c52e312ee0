/**
 * A page that looks and behaves like a channel of Slack, for the simulated Slack: whoever opens it is one of its people
 * and does what they do through the same driver that tests use.
 *
 *     await using slack = await startSlack()
 *     …                                             // a workspace, the app in it, people, channels: see ../index.ts
 *     await using page = await startSlackPage(slack, {
 *       people: [{ user: maya, role: 'asks for migrations' }, { user: ben, role: 'approves' }],
 *       hints: [{ typed: '/migrate new', does: 'Create a migration' }],
 *     })
 *     console.log(page.url, page.urlFor(ben, channel))
 */
import type { Slack } from '../simulator.ts'
import type { Channel, User } from '../state/model.ts'
import type { Cast } from './screen.ts'
import { servePage } from './serve-page.ts'
import type { CommandHint } from './wire.ts'

export interface SlackPageOptions {
  /** Whom one can be, the first of them at first. Default: everybody, in the order in which they were added. */
  readonly people?: readonly { readonly user: User; readonly role: string }[]
  /** What the composer offers when a command is typed. Default: the app's commands. */
  readonly hints?: readonly CommandHint[]
  /** Default: a free one. */
  readonly port?: number
}

export interface SlackPage extends AsyncDisposable {
  readonly url: string
  /** The page as this person sees it, at this channel. */
  readonly urlFor: (user: User, channel?: Channel) => string
}

/** Serves the page on the loopback interface, until it is disposed. */
export async function startSlackPage(slack: Slack, options: SlackPageOptions = {}): Promise<SlackPage> {
  const people = options.people ?? everybody(slack)
  const cast: Cast = {
    roles: new Map(people.map(({ user, role }) => [user.id, role])),
    hints: options.hints ?? slack.app.commands.map((typed) => ({ typed, does: slack.app.name })),
  }
  const { url, close } = await servePage(slack, cast, options.port ?? 0)
  return {
    url,
    urlFor: ({ id }, channel) => `${url}#as=${id}${channel === undefined ? '' : `&in=${channel.id}`}`,
    [Symbol.asyncDispose]: close,
  }
}

function everybody(slack: Slack): { user: User; role: string }[] {
  const users = slack.workspaces().flatMap((workspace) => {
    const members = [...workspace.users.values()]
    return members.filter(({ workspaceId, isBot }) => workspaceId === workspace.id && !isBot)
  })
  return users.map((user) => ({ user, role: slack.workspaceOf(user).name }))
}

export type { CommandHint } from './wire.ts'
