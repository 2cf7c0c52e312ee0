import { SlackApiError } from '../errors.ts'
import { type JsonObject, stringOf } from '../json.ts'
import { fileJson } from '../state/message-json.ts'
import type { UploadedFile } from '../state/model.ts'
import { channelToPostIn } from './chat.ts'
import { type BotCall, botMethod, type Method } from './method.ts'

/** Uploading in three steps: ask for a URL, send the bytes there, share the file. */
export const fileMethods: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal': botMethod(['files:write'], beginUpload),
  'files.completeUploadExternal': botMethod(['files:write'], completeUpload),
}

function beginUpload({ world, workspace, args, baseUrl }: BotCall): JsonObject {
  const lengthBytes = Number(args.required('length'))
  if (!Number.isInteger(lengthBytes) || lengthBytes <= 0) throw new SlackApiError('invalid_arguments')
  const { id, path } = world.files.begin(workspace.id, args.required('filename'), lengthBytes)
  return { ok: true, upload_url: `${baseUrl}${path}`, file_id: id }
}

function completeUpload(call: BotCall): JsonObject {
  const { world, workspace, args } = call
  const wanted = args.objects('files') ?? []
  if (wanted.length === 0) throw new SlackApiError('invalid_arguments', ['missing required field: files'])
  const channelId = args.optional('channel_id')
  const channel = channelId === undefined ? undefined : channelToPostIn(call, channelId)
  const files = wanted.map(({ id, title }) => {
    const file = world.files.complete(workspace.id, stringOf(id) ?? '', stringOf(title))
    if (file === undefined) throw new SlackApiError('file_not_found')
    return file
  })
  if (channel !== undefined) shareFiles(call, channel.id, files)
  return { ok: true, files: files.map(fileJson) }
}

function shareFiles(call: BotCall, channelId: string, files: readonly UploadedFile[]): void {
  const { world, workspace, installation, args } = call
  const threadTs = args.optional('thread_ts')
  world.messages.post({
    workspaceId: workspace.id,
    channelId,
    userId: installation.botUserId,
    botId: installation.botId,
    text: args.optional('initial_comment') ?? '',
    files,
    ...(threadTs === undefined ? {} : { threadTs }),
  })
}
