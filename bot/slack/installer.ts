import type { RequestListener, ServerResponse } from 'node:http'
import type { Logger } from '@slack/bolt'
import { ErrorCode, type InstallationStore, InstallProvider } from '@slack/oauth'
import type { SlackOAuthSettings } from '../settings.ts'
import { WorkspaceNotAllowedError } from './installation-records.ts'
import { botScopes } from './scopes.ts'

/** The pages on which an administrator of a workspace installs the app. */
export interface Installer {
  readonly showPage: RequestListener
  readonly finish: RequestListener
}

export interface InstallProviderSettings {
  readonly oauth: SlackOAuthSettings
  readonly stateSecret: string
  readonly apiUrl: string | undefined
  readonly store: InstallationStore
  readonly logger: Logger
}

const slackApiUrl = 'https://slack.com/api/'

export function createInstallProvider(settings: InstallProviderSettings): InstallProvider {
  const { oauth, stateSecret, apiUrl = slackApiUrl, store, logger } = settings
  const { clientId, clientSecret } = oauth
  return new InstallProvider({
    clientId,
    clientSecret,
    stateSecret,
    installationStore: store,
    logger,
    authorizationUrl: new URL('../oauth/v2/authorize', apiUrl).href,
    clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 0 } },
  })
}

export function createInstaller(provider: InstallProvider, logger: Logger): Installer {
  const guarded =
    (show: (...args: Parameters<RequestListener>) => Promise<void>): RequestListener =>
    (request, response) => {
      show(request, response).catch((error: unknown) => {
        logger.error('The app could not be installed.', error)
        if (response.headersSent) return
        response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
        response.end('This did not work. The log of Godwit says why.\n')
      })
    }
  const scopes = [...botScopes]
  return {
    showPage: guarded((request, response) => provider.handleInstallPath(request, response, {}, { scopes })),
    finish: guarded((request, response) =>
      provider.handleCallback(request, response, {
        failure: (error, _options, _request, answer) => showFailure(error, answer, logger),
      }),
    ),
  }
}

/** To the administrator who came back from Slack. */
function showFailure(error: Error & { readonly code: string }, answer: ServerResponse, logger: Logger): void {
  logger.warn('The app could not be installed.', error)
  const isForbidden = error instanceof WorkspaceNotAllowedError
  answer.writeHead(isForbidden ? 403 : (statuses[error.code] ?? 500), {
    'content-type': 'text/plain; charset=utf-8',
  })
  answer.end(
    isForbidden
      ? `${error.message}\nAsk whoever runs Godwit to add it there, then install the app again.\n`
      : `This did not work (${error.code}). Try again, or ask whoever runs Godwit: its log says why.\n`,
  )
}

/** Of what somebody has come with who did not set out here, or not in this browser. */
const statuses: Readonly<Record<string, number>> = {
  [ErrorCode.MissingStateError]: 400,
  [ErrorCode.InvalidStateError]: 400,
  [ErrorCode.MissingCodeError]: 400,
}
