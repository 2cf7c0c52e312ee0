import type { RequestListener } from 'node:http'
import type { Logger } from '@slack/bolt'
import { type InstallationStore, InstallProvider } from '@slack/oauth'
import type { SlackOAuthSettings } from '../settings.ts'
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
  return new InstallProvider({
    ...oauth,
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
    finish: guarded((request, response) => provider.handleCallback(request, response)),
  }
}
