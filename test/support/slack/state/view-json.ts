import type { JsonObject } from '../json.ts'
import type { Installation, View } from './model.ts'

/** A view as the API and the payloads show it. */
export function viewJson(view: View, appId: string, installation: Installation): JsonObject {
  const { body } = view
  return {
    id: view.id,
    team_id: view.workspaceId,
    type: view.type,
    blocks: body.blocks,
    private_metadata: body.private_metadata ?? '',
    callback_id: body.callback_id ?? '',
    external_id: body.external_id ?? '',
    state: { values: view.state },
    hash: view.hash,
    title: body.title ?? { type: 'plain_text', text: 'View Title' },
    clear_on_close: body.clear_on_close ?? false,
    notify_on_close: body.notify_on_close ?? false,
    close: body.close ?? null,
    submit: body.submit ?? null,
    previous_view_id: view.previousViewId,
    root_view_id: view.rootViewId,
    app_id: appId,
    app_installed_team_id: view.workspaceId,
    bot_id: installation.botId,
  }
}
