import { SlackApiError } from '../errors.ts'
import { type JsonObject, objectsOf, stringOf } from '../json.ts'
import { limits } from '../limits/numbers.ts'
import { textLengthOf, validateBlocks } from '../limits/validate-message.ts'
import { elementsOf } from '../state/input-state.ts'
import type { World } from '../state/world.ts'
import type { Workspace } from '../state/model.ts'
import type { Arguments } from './arguments.ts'

/** What a message shows. A part that was not given is undefined. */
export interface Content {
  readonly text: string | undefined
  readonly blocks: JsonObject[] | undefined
  readonly attachments: JsonObject[] | undefined
  readonly metadata: JsonObject | undefined
}

/**
 * Reads what a message shows, and refuses what Slack refuses.
 * @throws SlackApiError no_text, msg_too_long, invalid_blocks, msg_blocks_too_long, too_many_attachments …
 */
export function readContent(
  world: World,
  workspace: Workspace,
  args: Arguments,
  maxText: number = limits.messageText,
): Content {
  const text = args.optional('text')
  const blocks = readBlocks(world, workspace, args)
  const attachments = args
    .objects('attachments')
    ?.map((attachment) => readAttachment(world, workspace, attachment))
  if (text === undefined && blocks === undefined && attachments === undefined)
    throw new SlackApiError('no_text')
  if ((text?.length ?? 0) > maxText) throw new SlackApiError('msg_too_long')
  if ((attachments?.length ?? 0) > limits.attachments) throw new SlackApiError('too_many_attachments')
  return { text, blocks, attachments, metadata: readMetadata(args) }
}

function readBlocks(world: World, workspace: Workspace, args: Arguments): JsonObject[] | undefined {
  const given = args.structure('blocks')
  if (given === undefined) return undefined
  const problems = validateBlocks(given, { blocks: workspace.blocks })
  if (problems.length > 0)
    throw new SlackApiError(
      'invalid_blocks',
      problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`),
    )
  if (textLengthOf(given) > limits.blocksTogether) throw new SlackApiError('msg_blocks_too_long')
  return withIds(world, objectsOf(given))
}

function readAttachment(world: World, workspace: Workspace, attachment: JsonObject): JsonObject {
  if (attachment.blocks === undefined) return attachment
  const problems = validateBlocks(attachment.blocks, { blocks: workspace.blocks })
  if (problems.length > 0)
    throw new SlackApiError(
      'invalid_attachments',
      problems.map(({ message, pointer }) => `${message} [json-pointer:/attachments${pointer}]`),
    )
  return { ...attachment, blocks: withIds(world, objectsOf(attachment.blocks)) }
}

function readMetadata(args: Arguments): JsonObject | undefined {
  const metadata = args.structure('metadata')
  if (metadata === undefined) return undefined
  if (typeof metadata !== 'object' || metadata === null || !('event_type' in metadata))
    throw new SlackApiError('invalid_metadata_format')
  return metadata
}

/** Slack names every block and every interactive element that the app did not name. */
export function withIds(world: World, blocks: readonly JsonObject[]): JsonObject[] {
  const interactive = new Set(elementsOf(blocks).map(({ element }) => element))
  const named = (element: JsonObject): JsonObject =>
    interactive.has(element) && element.type !== 'image' && stringOf(element.action_id) === undefined
      ? { ...element, action_id: world.ids.secret().slice(0, 5) }
      : element
  return blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? world.ids.secret().slice(0, 5),
    ...(block.type === 'actions' ? { elements: objectsOf(block.elements).map(named) } : {}),
    ...(isElement(block.accessory) ? { accessory: named(block.accessory) } : {}),
    ...(block.type === 'input' && isElement(block.element) ? { element: named(block.element) } : {}),
  }))
}

function isElement(value: JsonObject[string]): value is JsonObject {
  return typeof value === 'object' && value !== null && 'type' in value
}
