import { SlackClock } from '../clock.ts'
import { Changes } from './changes.ts'
import { Files } from './files.ts'
import { Ids } from './ids.ts'
import { Messages } from './messages.ts'
import type { ApiCall, AppSettings, Installation, Workspace } from './model.ts'
import { ResponseUrls } from './response-urls.ts'
import { Tickets } from './tickets.ts'
import { Tokens } from './tokens.ts'
import { Triggers } from './triggers.ts'
import { Views } from './views.ts'

/** Everything that the simulated Slack knows. */
export class World {
  readonly clock = new SlackClock()
  readonly changes = new Changes()
  readonly ids = new Ids()
  readonly app: AppSettings
  readonly workspaces = new Map<string, Workspace>()
  readonly installations = new Map<string, Installation>()
  readonly messages = new Messages(this.clock, this.changes)
  readonly views = new Views(this.clock, this.ids, this.changes)
  readonly triggers: Triggers
  readonly responseUrls = new ResponseUrls(this.clock, this.ids)
  readonly tickets = new Tickets(this.clock, this.ids)
  readonly tokens: Tokens
  readonly files = new Files(this.ids)
  readonly calls: ApiCall[] = []
  /** How long the app has to acknowledge what it gets, and to open a modal for it. */
  readonly answerWithinMs: number

  constructor(app: AppSettings, answerWithinMs: number) {
    this.app = app
    this.answerWithinMs = answerWithinMs
    this.triggers = new Triggers(this.clock, this.ids, answerWithinMs)
    this.tokens = new Tokens(this.clock, this.ids, app)
  }

  workspace(workspaceId: string): Workspace {
    const workspace = this.workspaces.get(workspaceId)
    if (workspace === undefined) throw new Error(`no workspace ${workspaceId} in the simulated Slack`)
    return workspace
  }

  /** A new user for the app's bot. */
  addBot(workspace: Workspace): { botUserId: string; botId: string } {
    const botUserId = this.ids.next('U')
    workspace.users.set(botUserId, {
      id: botUserId,
      workspaceId: workspace.id,
      name: this.app.name,
      realName: this.app.name,
      email: '',
      emailConfirmed: false,
      showsEmailToAll: false,
      timeZone: 'Etc/UTC',
      isBot: true,
      isGuest: false,
      deactivated: false,
    })
    return { botUserId, botId: this.ids.next('B') }
  }

  log(call: ApiCall): void {
    this.calls.push(call)
    this.changes.announce()
  }
}
