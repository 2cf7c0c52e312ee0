import { SlackApiError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Installation } from '../state/model.ts'
import type { IssuedToken } from '../state/tokens.ts'
import type { Method, OpenCall } from './method.ts'

export const oauthMethods: Readonly<Record<string, Method>> = {
  'oauth.v2.access': { token: 'none', run: exchange },
}

/** A code for a token, or a refresh token for the next one. */
function exchange(call: OpenCall): JsonObject {
  const { world, args } = call
  if (args.optional('client_id') !== world.app.clientId) throw new SlackApiError('invalid_client_id')
  if (args.optional('client_secret') !== world.app.clientSecret) throw new SlackApiError('bad_client_secret')
  if (args.optional('grant_type') === 'refresh_token') {
    if (!world.app.tokenRotation) throw new SlackApiError('token_rotation_not_enabled')
    const { installation, issued } = world.tokens.refresh(args.required('refresh_token'))
    return answer(call, installation, issued)
  }
  const code = args.optional('code')
  if (code === undefined) throw new SlackApiError('invalid_code')
  const installation = world.tokens.redeemCode(code, args.optional('redirect_uri'))
  world.installations.set(installation.workspaceId, installation)
  return answer(call, installation, world.tokens.issue(installation))
}

function answer({ world }: OpenCall, installation: Installation, issued: IssuedToken): JsonObject {
  const { id, name } = world.workspace(installation.workspaceId)
  return {
    ok: true,
    access_token: issued.accessToken,
    token_type: 'bot',
    scope: installation.scopes.join(','),
    bot_user_id: installation.botUserId,
    app_id: world.app.appId,
    team: { id, name },
    enterprise: null,
    is_enterprise_install: false,
    authed_user: { id: installation.installedBy },
    ...(issued.refreshToken === undefined
      ? {}
      : { refresh_token: issued.refreshToken, expires_in: issued.expiresInS ?? 0 }),
  }
}
