import { webApi } from '@slack/bolt'

/**
 * Why a call of Slack failed. `gone`: what it is about is not there (any more), or not for the bot. `auth`: the bot is
 * not let in. `limited`: too many calls. `unreachable`: the same may succeed later. `refused`: it never will.
 */
export type SlackFailure = 'gone' | 'auth' | 'limited' | 'unreachable' | 'refused'

/** A code of ours: the workspace has taken the app out, or never had it. */
export const notInstalled = 'not_installed'

/** A call of Slack's Web API that failed. Carries nothing of what was sent. */
export class SlackCallError extends Error {
  override readonly name = 'SlackCallError'
  readonly failure: SlackFailure
  /** Of Slack, such as `channel_not_found`; else of the network. */
  readonly code: string
  readonly retryAfterMs: number

  constructor(method: string, failure: SlackFailure, code: string, retryAfterMs = 0) {
    super(`Slack’s ${method} failed: ${code}`)
    this.failure = failure
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

const failureOfCode: Readonly<Record<string, SlackFailure>> = {
  message_not_found: 'gone',
  cant_update_message: 'gone',
  channel_not_found: 'gone',
  thread_not_found: 'gone',
  is_archived: 'gone',
  not_in_channel: 'gone',
  restricted_action: 'gone',
  restricted_action_read_only_channel: 'gone',
  no_permission: 'gone',
  user_not_found: 'gone',
  user_not_in_channel: 'gone',
  users_not_found: 'gone',
  user_disabled: 'gone',
  not_found: 'gone',
  expired_trigger_id: 'gone',
  exchanged_trigger_id: 'gone',
  invalid_auth: 'auth',
  not_authed: 'auth',
  token_revoked: 'auth',
  token_expired: 'auth',
  account_inactive: 'auth',
  team_access_not_granted: 'auth',
  missing_scope: 'auth',
  ratelimited: 'limited',
  rate_limited: 'limited',
  internal_error: 'unreachable',
  fatal_error: 'unreachable',
  service_unavailable: 'unreachable',
  request_timeout: 'unreachable',
  team_added_to_org: 'unreachable',
  org_login_required: 'unreachable',
  ekm_access_denied: 'unreachable',
  access_denied: 'unreachable',
}

export function toSlackCallError(method: string, error: unknown): SlackCallError {
  if (error instanceof SlackCallError) return error
  if (error instanceof webApi.WebAPIRateLimitedError)
    return new SlackCallError(method, 'limited', 'ratelimited', error.retryAfter * 1000)
  if (error instanceof webApi.WebAPIPlatformError) {
    const code = error.data.error
    return new SlackCallError(method, failureOfCode[code] ?? 'refused', code)
  }
  if (error instanceof webApi.WebAPIHTTPError)
    return new SlackCallError(method, 'unreachable', `http_${error.statusCode}`)
  return new SlackCallError(method, 'unreachable', 'request_failed')
}
