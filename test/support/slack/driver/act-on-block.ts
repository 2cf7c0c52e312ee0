import { SlackApiError } from '../errors.ts'
import { isObject, type JsonObject, objectsOf, stringOf } from '../json.ts'
import { menuOption, optionGroup, optionsOf } from '../limits/composition-rules.ts'
import { limits } from '../limits/numbers.ts'
import { list, type Problem } from '../limits/rules.ts'
import { initialState, type PlacedElement } from '../state/input-state.ts'
import { messageJson } from '../state/message-json.ts'
import type { InputState, User } from '../state/model.ts'
import { viewJson } from '../state/view-json.ts'
import { blocksOf, isMessage, type Surface } from './find-element.ts'
import { basePayload, installationIn, type Interaction, interactionOf, type Stage } from './stage.ts'

/** Tells the app that a person used an element: `block_actions`. */
export async function actOnBlock(
  stage: Stage,
  user: User,
  surface: Surface,
  { block, element }: PlacedElement,
  entered: JsonObject,
): Promise<Interaction> {
  const { world, dispatcher } = stage
  const workspace = world.workspace(surface.workspaceId)
  const { options: _options, option_groups: _groups, ...described } = element
  const delivery = await dispatcher.deliver({
    kind: 'interactive',
    payload: {
      type: 'block_actions',
      ...basePayload(stage, workspace, user),
      ...surroundings(stage, surface),
      ...(isMessage(surface)
        ? {
            response_url: responseUrl(stage, user, surface),
            state: {
              values: withEntry(initialState({ blocks: blocksOf(surface) }, {}), block, element, entered),
            },
          }
        : {}),
      trigger_id: world.triggers.issue({
        workspaceId: workspace.id,
        userId: user.id,
        ...(isMessage(surface) || surface.type === 'home' ? {} : { viewId: surface.id }),
        ...(surface.channelId === undefined ? {} : { channelId: surface.channelId }),
      }),
      actions: [
        {
          ...described,
          ...entered,
          block_id: block.block_id,
          action_ts: `${world.clock.nowS()}.000200`,
        },
      ],
    },
  })
  return interactionOf(delivery)
}

/** The state with one entry more, or another. */
export function withEntry(
  state: InputState,
  block: JsonObject,
  element: JsonObject,
  entry: JsonObject,
): InputState {
  if (Object.keys(entry).length === 0) return state
  const blockId = stringOf(block.block_id) ?? ''
  const actionId = stringOf(element.action_id) ?? ''
  return { ...state, [blockId]: { ...state[blockId], [actionId]: entry } }
}

function surroundings(stage: Stage, surface: Surface): JsonObject {
  if (!isMessage(surface)) {
    const installation = installationIn(stage, surface.workspaceId)
    return {
      container: { type: 'view', view_id: surface.id },
      view: viewJson(surface, stage.world.app.appId, installation),
    }
  }
  const channel = stage.world.workspace(surface.workspaceId).channels.get(surface.channelId)
  return {
    container: {
      type: 'message',
      message_ts: surface.ts,
      channel_id: surface.channelId,
      is_ephemeral: surface.ephemeralTo !== undefined,
      ...(surface.threadTs === undefined ? {} : { thread_ts: surface.threadTs }),
    },
    channel: { id: surface.channelId, name: channel?.name ?? '' },
    message: messageJson(surface),
  }
}

function responseUrl({ world, baseUrl }: Stage, user: User, surface: Surface): string {
  if (!isMessage(surface)) return ''
  const { workspaceId, channelId, ts, threadTs } = surface
  const path = world.responseUrls.issue('actions', {
    workspaceId,
    channelId,
    userId: user.id,
    originalTs: ts,
    ...(threadTs === undefined ? {} : { threadTs }),
  })
  return `${baseUrl}${path}`
}

/**
 * Types into an external menu: `block_suggestion`. Returns the options that the app offers.
 * @throws SlackApiError when the app does not answer, or with what Slack does not show
 */
export async function askForOptions(
  stage: Stage,
  user: User,
  surface: Surface,
  { block, element }: PlacedElement,
  query: string,
): Promise<JsonObject[]> {
  const workspace = stage.world.workspace(surface.workspaceId)
  const { outcome } = await stage.dispatcher.deliver({
    kind: 'interactive',
    payload: {
      type: 'block_suggestion',
      ...basePayload(stage, workspace, user),
      ...surroundings(stage, surface),
      block_id: block.block_id,
      action_id: element.action_id,
      value: query,
    },
  })
  if (!outcome.acknowledged) throw new SlackApiError(outcome.error)
  if (!isObject(outcome.body)) throw new SlackApiError('invalid_options')
  const { options, option_groups: groups } = outcome.body
  const problems: Problem[] = []
  const place = { pointer: '', problems }
  if (groups === undefined) list(menuOption, limits.selectOptions, 0)(options ?? null, place)
  else list(optionGroup, limits.optionGroups, 0)(groups, place)
  if (problems.length > 0)
    throw new SlackApiError(
      'invalid_options',
      problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`),
    )
  return optionsOf({ options: objectsOf(options), option_groups: objectsOf(groups) })
}
