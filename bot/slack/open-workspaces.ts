import { createHash } from 'node:crypto'
import type { Logger } from '@slack/bolt'
import type { Logger as Pino } from 'pino'
import { BotError } from '../errors.ts'
import type { Records, Seal } from '../records/index.ts'
import type { SlackOAuthSettings, SlackSettings } from '../settings.ts'
import { InstallationRecords } from './installation-records.ts'
import { InstalledWorkspaces } from './installed-workspaces.ts'
import { createInstaller, createInstallProvider, type Installer } from './installer.ts'
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
export async function openWorkspaces(needs: WorkspacesNeeds): Promise<OpenedWorkspaces> {
  const { slack, records, seal, call, logger, log } = needs
  const { botToken, oauth, signingSecret, apiUrl } = slack
  if (botToken !== undefined) {
    const single = new SingleWorkspace(botToken, (token) => call('first', token, 'auth.test', {}))
    await single.check()
    return { workspaces: single, installer: undefined }
  }
  if (oauth === undefined || signingSecret === undefined) {
    throw new BotError(
      'The bot has neither a token of a workspace nor what it needs to be installed in many.',
      'Set SLACK_BOT_TOKEN; or SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_SIGNING_SECRET and GODWIT_SLACK_WORKSPACES.',
    )
  }
  const store = new InstallationRecords({ records, seal, allowed: oauth.workspaces })
  const provider = createInstallProvider({ oauth, stateSecret: stateSecretOf(oauth), apiUrl, store, logger })
  return {
    workspaces: new InstalledWorkspaces({ store, provider, log }),
    installer: createInstaller(provider, logger),
  }
}

/** The same for all processes: a person may come back to another one than they set out from. */
function stateSecretOf({ clientSecret }: SlackOAuthSettings): string {
  return createHash('sha256').update(`godwit oauth state ${clientSecret}`).digest('hex')
}
