import type { Logger } from '@slack/bolt'
import type { Logger as Pino } from 'pino'
import { BotError } from '../errors.ts'
import type { Records, Seal } from '../records/index.ts'
import type { SlackSettings } from '../settings.ts'
import type { Installer } from './installer.ts'
import { SingleWorkspace } from './single-workspace.ts'
import type { CallSlack } from './web-calls.ts'
import type { Workspaces } from './workspaces.ts'

export interface WorkspacesNeeds {
  readonly slack: SlackSettings
  readonly records: Records
  readonly seal: Seal
  readonly call: CallSlack
  readonly logger: Logger
  readonly log: Pino
}

export interface OpenedWorkspaces {
  readonly workspaces: Workspaces
  readonly installer: Installer | undefined
}

/** One workspace by its token, or all that install the app. @throws BotError */
export async function openWorkspaces({ slack, call }: WorkspacesNeeds): Promise<OpenedWorkspaces> {
  if (slack.botToken === undefined)
    throw new BotError('SLACK_BOT_TOKEN is not set.', 'Copy it from “OAuth & Permissions” of the app.')
  const single = new SingleWorkspace(slack.botToken, (token) => call('first', token, 'auth.test', {}))
  await single.check()
  return { workspaces: single, installer: undefined }
}
