import type { SlackClock } from '../clock.ts'
import { SlackApiError } from '../errors.ts'
import type { Ids } from './ids.ts'
import type { AppSettings, Installation } from './model.ts'

const codeLifetimeMs = 10 * 60_000

export interface IssuedToken {
  readonly accessToken: string
  /** With token rotation only. */
  readonly refreshToken?: string
  readonly expiresInS?: number
}

interface AccessToken {
  readonly installation: Installation
  readonly expiresAtMs: number
  revoked: boolean
}

interface Code {
  readonly installation: Installation
  readonly redirectUri: string | undefined
  readonly expiresAtMs: number
  used: boolean
}

/** Bot tokens, refresh tokens and the codes of OAuth. */
export class Tokens {
  readonly #clock: SlackClock
  readonly #ids: Ids
  readonly #app: AppSettings
  readonly #access = new Map<string, AccessToken>()
  readonly #refresh = new Map<string, Installation>()
  readonly #codes = new Map<string, Code>()

  constructor(clock: SlackClock, ids: Ids, app: AppSettings) {
    this.#clock = clock
    this.#ids = ids
    this.#app = app
  }

  issue(installation: Installation): IssuedToken {
    const rotates = this.#app.tokenRotation
    const accessToken = `${rotates ? 'xoxe.' : ''}xoxb-${installation.workspaceId}-${this.#ids.secret()}`
    const lifetimeS = this.#app.tokenLifetimeS
    const expiresAtMs = rotates ? this.#clock.nowMs() + lifetimeS * 1000 : Infinity
    this.#access.set(accessToken, { installation, expiresAtMs, revoked: false })
    if (!rotates) return { accessToken }
    const refreshToken = `xoxe-1-${this.#ids.secret()}`
    this.#refresh.set(refreshToken, installation)
    return { accessToken, refreshToken, expiresInS: lifetimeS }
  }

  /** The refresh token is used up; the old access token lives until it expires. */
  refresh(refreshToken: string): { installation: Installation; issued: IssuedToken } {
    const installation = this.#refresh.get(refreshToken)
    if (installation === undefined) throw new SlackApiError('invalid_refresh_token')
    this.#refresh.delete(refreshToken)
    return { installation, issued: this.issue(installation) }
  }

  check(token: string): Installation {
    const found = this.#access.get(token)
    if (found === undefined) throw new SlackApiError('invalid_auth')
    if (found.revoked) throw new SlackApiError('account_inactive')
    if (found.expiresAtMs <= this.#clock.nowMs()) throw new SlackApiError('token_expired')
    return found.installation
  }

  /** Whose token it is or was. */
  workspaceOf(token: string): string | undefined {
    return this.#access.get(token)?.installation.workspaceId
  }

  revokeAll(workspaceId: string): void {
    for (const token of this.#access.values())
      if (token.installation.workspaceId === workspaceId) token.revoked = true
    for (const [token, installation] of this.#refresh)
      if (installation.workspaceId === workspaceId) this.#refresh.delete(token)
  }

  issueCode(installation: Installation, redirectUri: string | undefined): string {
    const code = this.#ids.secret()
    const expiresAtMs = this.#clock.nowMs() + codeLifetimeMs
    this.#codes.set(code, { installation, redirectUri, expiresAtMs, used: false })
    return code
  }

  redeemCode(code: string, redirectUri: string | undefined): Installation {
    const found = this.#codes.get(code)
    if (found === undefined || found.expiresAtMs < this.#clock.nowMs())
      throw new SlackApiError('invalid_code')
    if (found.used) throw new SlackApiError('code_already_used')
    if (found.redirectUri !== redirectUri) throw new SlackApiError('bad_redirect_uri')
    found.used = true
    return found.installation
  }
}
