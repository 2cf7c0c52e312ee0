import type { JsonObject } from '../json.ts'
import type { Message, UploadedFile } from './model.ts'

/** A message as the API and the payloads show it. */
export function messageJson(message: Message): JsonObject {
  const { ts, text, userId, botId, blocks, attachments, threadTs, metadata, edits, files } = message
  return {
    type: 'message',
    user: userId,
    ...(botId === undefined ? {} : { bot_id: botId }),
    ts,
    text,
    team: message.workspaceId,
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(edits === 0 ? {} : { edited: { user: userId, ts } }),
    ...(files.length === 0 ? {} : { files: files.map(fileJson) }),
  }
}

export function fileJson(file: UploadedFile): JsonObject {
  return { id: file.id, name: file.name, title: file.title, size: file.bytes.length }
}
