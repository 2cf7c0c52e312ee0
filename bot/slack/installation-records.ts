import type { Installation, InstallationQuery } from '@slack/bolt'
import type { InstallationStore } from '@slack/oauth'
import type { Records, Seal } from '../records/index.ts'

export interface InstallationRecordsNeeds {
  readonly records: Records
  readonly seal: Seal
  /** The ids of the workspaces that may have the app. */
  readonly allowed: readonly string[]
}

const prefix = 'installation/'

/** Where the app is installed, with its tokens, encrypted, in the control database. */
export class InstallationRecords implements InstallationStore {
  readonly #records: Records
  readonly #seal: Seal
  readonly #allowed: ReadonlySet<string>

  constructor({ records, seal, allowed }: InstallationRecordsNeeds) {
    this.#records = records
    this.#seal = seal
    this.#allowed = new Set(allowed)
  }

  /**
   * Of what a workspace gives, only what the bot uses is kept: nothing of the person who installed it.
   * @throws WorkspaceNotAllowedError
   */
  async storeInstallation(installation: Installation): Promise<void> {
    const workspaceId = installation.team?.id
    if (workspaceId === undefined || !this.#allowed.has(workspaceId))
      throw new WorkspaceNotAllowedError(workspaceId ?? installation.enterprise?.id ?? 'without an id')
    const key = keyOf({
      teamId: installation.team?.id,
      enterpriseId: installation.enterprise?.id,
      isEnterpriseInstall: installation.isEnterpriseInstall ?? false,
    })
    const { token: _token, refreshToken: _refreshToken, expiresAt: _expiresAt, ...user } = installation.user
    await this.#records.put(key, { sealed: this.#seal.close({ ...installation, user }, key) })
  }

  /** The setting may have changed since it was stored. @throws NotInstalledError */
  async fetchInstallation(query: InstallationQuery<boolean>): Promise<Installation> {
    if (query.teamId === undefined || !this.#allowed.has(query.teamId)) throw new NotInstalledError()
    const key = keyOf(query)
    const note = await this.#records.find(key)
    const value = note?.value
    if (typeof value !== 'object' || value === null || !('sealed' in value)) throw new NotInstalledError()
    const opened = this.#seal.open(String(value.sealed), key)
    if (!isInstallation(opened)) throw new NotInstalledError()
    return opened
  }

  async deleteInstallation(query: InstallationQuery<boolean>): Promise<void> {
    await this.#records.delete(keyOf(query))
  }

  async list(): Promise<readonly string[]> {
    const ids: string[] = []
    for await (const { key } of this.#records.list(prefix)) ids.push(key.slice(prefix.length))
    return ids.filter((id) => this.#allowed.has(id))
  }
}

export class NotInstalledError extends Error {
  override readonly name = 'NotInstalledError'

  constructor() {
    super('the app is not installed there')
  }
}

export class WorkspaceNotAllowedError extends Error {
  override readonly name = 'WorkspaceNotAllowedError'

  constructor(workspaceId: string) {
    super(`The workspace ${workspaceId} is not one of GODWIT_SLACK_WORKSPACES.`)
  }
}

function keyOf({ teamId, enterpriseId, isEnterpriseInstall }: InstallationQuery<boolean>): string {
  return prefix + ((isEnterpriseInstall ? enterpriseId : teamId) ?? enterpriseId ?? '')
}

/** What this bot has sealed under such a key is an installation. */
function isInstallation(opened: unknown): opened is Installation {
  return typeof opened === 'object' && opened !== null && 'bot' in opened
}
