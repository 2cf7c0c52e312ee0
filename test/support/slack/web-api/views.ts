import { SlackApiError } from '../errors.ts'
import { isObject, type Json, type JsonObject, objectsOf } from '../json.ts'
import { limits } from '../limits/numbers.ts'
import { validateView } from '../limits/validate-view.ts'
import type { View } from '../state/model.ts'
import { viewJson } from '../state/view-json.ts'
import type { World } from '../state/world.ts'
import { withIds } from './content.ts'
import { type BotCall, botMethod, type Method } from './method.ts'

/** The methods of modals and the App Home. */
export const viewMethods: Readonly<Record<string, Method>> = {
  'views.open': botMethod([], openView),
  'views.push': botMethod([], pushView),
  'views.update': botMethod([], updateView),
  'views.publish': botMethod([], publishView),
}

function openView(call: BotCall): JsonObject {
  const body = viewArgument(call, 'modal')
  return answer(call, call.world.views.open(exchangeTrigger(call), body))
}

function pushView(call: BotCall): JsonObject {
  const body = viewArgument(call, 'modal')
  const opener = exchangeTrigger(call)
  if (opener.viewId === undefined) throw new SlackApiError('not_found')
  return answer(call, call.world.views.push(opener, body))
}

function updateView(call: BotCall): JsonObject {
  const { world, workspace, args } = call
  const viewId = args.optional('view_id')
  const externalId = args.optional('external_id')
  if (viewId === undefined && externalId === undefined)
    throw new SlackApiError('invalid_arguments', ['missing required field: view_id or external_id'])
  const view = world.views.find(workspace.id, {
    ...(viewId === undefined ? {} : { viewId }),
    ...(externalId === undefined ? {} : { externalId }),
  })
  if (view === undefined) throw new SlackApiError('not_found')
  const body = viewArgument(call, view.type)
  return answer(call, world.views.update(view, body, args.optional('hash')))
}

function publishView(call: BotCall): JsonObject {
  const { world, workspace, args } = call
  const userId = args.required('user_id')
  if (!workspace.users.has(userId)) throw new SlackApiError('user_not_found')
  const body = viewArgument(call, 'home')
  return answer(call, world.views.publish(workspace.id, userId, body, args.optional('hash')))
}

function exchangeTrigger({ world, workspace, args }: BotCall) {
  return world.triggers.exchange(args.required('trigger_id'), workspace.id)
}

function viewArgument({ world, args }: BotCall, type: View['type']): JsonObject {
  const given = args.structure('view')
  if (given === undefined) throw new SlackApiError('invalid_arguments', ['missing required field: view'])
  return checkedView(world, given, type)
}

/** @throws SlackApiError invalid_arguments, view_too_large */
export function checkedView(world: World, given: Json, type: View['type']): JsonObject {
  const problems = validateView(given)
  if (problems.length > 0)
    throw new SlackApiError(
      'invalid_arguments',
      problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`),
    )
  if (!isObject(given) || given.type !== type)
    throw new SlackApiError('invalid_arguments', [`must be a ${type} view [json-pointer:/view/type]`])
  if (Buffer.byteLength(JSON.stringify(given)) > limits.viewBytes) throw new SlackApiError('view_too_large')
  return { ...given, blocks: withIds(world, objectsOf(given.blocks)) }
}

function answer({ world, installation }: BotCall, view: View): JsonObject {
  return { ok: true, view: viewJson(view, world.app.appId, installation) }
}
