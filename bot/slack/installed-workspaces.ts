import type { InstallProvider } from '@slack/oauth'
import type { Logger } from 'pino'
import { describe } from '../errors.ts'
import { ApiError, ApiUnreachableError } from '../client/index.ts'
import { SlackCallError } from './errors.ts'
import { type InstallationRecords, NotInstalledError } from './installation-records.ts'
import type { Workspace, Workspaces } from './workspaces.ts'

export interface InstalledWorkspacesNeeds {
  readonly store: InstallationRecords
  readonly provider: InstallProvider
  readonly log: Logger
}

/** Short: another process may have renewed the token, or taken the installation away. */
const rememberForMs = 30_000

/** All workspaces that have installed the app. Tokens that end soon are renewed. */
export class InstalledWorkspaces implements Workspaces {
  readonly #needs: InstalledWorkspacesNeeds
  readonly #known = new Map<string, { readonly until: number; readonly found: Promise<Workspace | null> }>()

  constructor(needs: InstalledWorkspacesNeeds) {
    this.#needs = needs
  }

  find(workspaceId: string): Promise<Workspace | null> {
    const known = this.#known.get(workspaceId)
    if (known !== undefined && known.until > Date.now()) return known.found
    const found = this.#authorize(workspaceId)
    this.#known.set(workspaceId, { until: Date.now() + rememberForMs, found })
    found.then(
      (workspace) => workspace ?? this.#known.delete(workspaceId),
      () => this.#known.delete(workspaceId),
    )
    return found
  }

  async forget(workspaceId: string): Promise<void> {
    this.#known.delete(workspaceId)
    await this.#needs.store.deleteInstallation({
      teamId: workspaceId,
      enterpriseId: undefined,
      isEnterpriseInstall: false,
    })
    this.#needs.log.info({ workspaceId }, 'the app was taken out of a workspace')
  }

  list(): Promise<readonly string[]> {
    return this.#needs.store.list()
  }

  /** Of two processes that renew a token at once, one is refused, and finds what the other has got. */
  async #authorize(workspaceId: string): Promise<Workspace | null> {
    try {
      return await this.#ask(workspaceId)
    } catch (error) {
      const cause = causeOf(error)
      if (cause instanceof NotInstalledError) return null
      if (cause instanceof ApiUnreachableError || cause instanceof ApiError) throw cause
      this.#needs.log.warn({ workspaceId, error: describe(cause) }, 'a token could not be renewed')
    }
    try {
      return await this.#ask(workspaceId)
    } catch (error) {
      throw new SlackCallError('oauth.v2.access', 'unreachable', describe(causeOf(error)))
    }
  }

  async #ask(workspaceId: string): Promise<Workspace | null> {
    const { botToken, botUserId } = await this.#needs.provider.authorize({
      teamId: workspaceId,
      enterpriseId: undefined,
      isEnterpriseInstall: false,
    })
    if (botToken === undefined || botUserId === undefined) return null
    return { id: workspaceId, token: botToken, botUserId }
  }
}

/** What the installer has wrapped. */
function causeOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error
  if ('original' in error && error.original !== undefined) return error.original
  return 'cause' in error && error.cause !== undefined ? error.cause : error
}
