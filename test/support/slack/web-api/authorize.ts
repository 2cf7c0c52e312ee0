import type { Installation } from '../state/model.ts'
import type { World } from '../state/world.ts'

export type Authorization =
  | { readonly redirectTo: string; readonly error?: never }
  | { readonly redirectTo?: never; readonly error: string }

/**
 * What the page "… is requesting permission to access …" does when a person decides: `/oauth/v2/authorize` with the
 * app's parameters, and the person's `user` and `decision` (allow or deny), which the real page knows from the session.
 */
export function authorize(world: World, query: URLSearchParams): Authorization {
  const { app } = world
  const redirectUri = query.get('redirect_uri') ?? app.redirectUrls[0]
  const scopes = (query.get('scope') ?? '').split(',').filter((scope) => scope !== '')
  if (query.get('client_id') !== app.clientId) return { error: 'invalid_client_id' }
  if (redirectUri === undefined || !app.redirectUrls.includes(redirectUri))
    return { error: 'bad_redirect_uri' }
  if (scopes.length === 0 || !scopes.every((scope) => app.scopes.includes(scope)))
    return { error: 'invalid_scope' }
  const installation = newInstallation(world, query.get('user') ?? '', scopes)
  if (installation === undefined) return { error: 'not_authed' }
  const target = new URL(redirectUri)
  const state = query.get('state')
  if (state !== null) target.searchParams.set('state', state)
  if (query.get('decision') !== 'allow') {
    target.searchParams.set('error', 'access_denied')
    return { redirectTo: target.href }
  }
  const code = world.tokens.issueCode(installation, query.get('redirect_uri') ?? undefined)
  target.searchParams.set('code', code)
  return { redirectTo: target.href }
}

/** The app's bot in the person's workspace: the one that is there already, or a new one. */
function newInstallation(world: World, userId: string, scopes: readonly string[]): Installation | undefined {
  for (const workspace of world.workspaces.values()) {
    const user = workspace.users.get(userId)
    if (user?.workspaceId !== workspace.id) continue
    const { botUserId, botId } = world.installations.get(workspace.id) ?? world.addBot(workspace)
    return { workspaceId: workspace.id, botUserId, botId, scopes, installedBy: userId }
  }
  return undefined
}
