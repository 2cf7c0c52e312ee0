import { SlackApiError } from '../errors.ts'
import { asText, isObject, type Json, type JsonObject, objectsOf, stringOf } from '../json.ts'
import { elementsOf } from '../state/input-state.ts'
import type { User, View } from '../state/model.ts'
import { viewJson } from '../state/view-json.ts'
import { checkedView } from '../web-api/views.ts'
import { basePayload, installationIn, type Interaction, interactionOf, type Stage } from './stage.ts'

/** What the modal shows when the app's answer is late or wrong. */
const troubleConnecting = 'We had some trouble connecting. Try again?'

/** Submits a modal: `view_submission`, and what the app answers happens to the modal. */
export async function submitView(stage: Stage, user: User, view: View): Promise<Interaction> {
  const { world, dispatcher } = stage
  const workspace = world.workspace(view.workspaceId)
  world.views.showErrors(view, {})
  const delivery = await dispatcher.deliver({
    kind: 'interactive',
    payload: {
      type: 'view_submission',
      ...basePayload(stage, workspace, user),
      trigger_id: world.triggers.issue({
        workspaceId: workspace.id,
        userId: user.id,
        viewId: view.id,
        ...(view.channelId === undefined ? {} : { channelId: view.channelId }),
      }),
      view: viewJson(view, world.app.appId, installationIn(stage, workspace.id)),
      response_urls: responseUrls(stage, user, view),
    },
  })
  if (!delivery.outcome.acknowledged) return interactionOf(delivery)
  try {
    answerSubmission(stage, view, delivery.outcome.body)
    return interactionOf(delivery)
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error
    return { delivery, error: `${troubleConnecting} (${error.message})` }
  }
}

/** For each channel that was chosen in a menu with `response_url_enabled`. */
function responseUrls({ world, baseUrl }: Stage, user: User, view: View): JsonObject[] {
  return elementsOf(objectsOf(view.body.blocks)).flatMap(({ block, element }) => {
    const entry = view.state[stringOf(block.block_id) ?? '']?.[stringOf(element.action_id) ?? '']
    const channelId = stringOf(entry?.selected_conversation) ?? stringOf(entry?.selected_channel)
    if (element.response_url_enabled !== true || channelId === undefined) return []
    const target = { workspaceId: view.workspaceId, channelId, userId: user.id }
    return [
      {
        block_id: block.block_id,
        action_id: element.action_id,
        channel_id: channelId,
        response_url: `${baseUrl}${world.responseUrls.issue('actions', target)}`,
      },
    ]
  })
}

function answerSubmission({ world }: Stage, view: View, body: Json | undefined): void {
  const { views } = world
  if (body === undefined) {
    if (views.top(view.userId)?.id === view.id) views.close(view.userId, 'topmost')
    return
  }
  if (!isObject(body)) throw new SlackApiError('invalid_arguments', ['the answer must be JSON'])
  switch (asText(body.response_action)) {
    case 'errors':
      views.showErrors(view, checkedErrors(view, body.errors))
      break
    case 'update':
      views.update(view, checkedView(world, body.view ?? null, 'modal'))
      break
    case 'push':
      views.push(view, checkedView(world, body.view ?? null, 'modal'))
      break
    case 'clear':
      views.close(view.userId, 'all')
      break
    default:
      throw new SlackApiError('invalid_arguments', ['unknown response_action'])
  }
}

/** An error must stand at an input block of the view. */
function checkedErrors(view: View, errors: Json | undefined): Record<string, string> {
  const inputs = new Set(
    objectsOf(view.body.blocks)
      .filter((block) => block.type === 'input')
      .map((block) => stringOf(block.block_id)),
  )
  const entries = Object.entries(isObject(errors) ? errors : {})
  if (entries.length === 0) throw new SlackApiError('invalid_arguments', ['no errors given'])
  return Object.fromEntries(
    entries.map(([blockId, message]) => {
      if (!inputs.has(blockId)) throw new SlackApiError('invalid_arguments', [`${blockId} is no input block`])
      return [blockId, asText(message)]
    }),
  )
}

/** Closes the topmost modal or all; the app hears of those that asked for it: `view_closed`. */
export async function closeViews(stage: Stage, user: User, how: 'topmost' | 'all'): Promise<Interaction[]> {
  const { world, dispatcher } = stage
  const clears = how === 'all' || world.views.top(user.id)?.body.clear_on_close === true
  const closed = world.views.close(user.id, clears ? 'all' : 'topmost')
  const told = closed.filter((view) => view.body.notify_on_close === true)
  return Promise.all(
    told.map(async (view) => {
      const workspace = world.workspace(view.workspaceId)
      const delivery = await dispatcher.deliver({
        kind: 'interactive',
        payload: {
          type: 'view_closed',
          ...basePayload(stage, workspace, user),
          view: viewJson(view, world.app.appId, installationIn(stage, workspace.id)),
          is_cleared: clears,
        },
      })
      return interactionOf(delivery)
    }),
  )
}
