import { isList, isObject, type Json, stringOf } from '../json.ts'
import type { Message } from '../state/model.ts'

// A date (`<!date^…>`) is written alike, but tells nobody.
const markup = /<(!(?!date\^)[^>|]+|[@#][^>|]+)(?:\|[^>]*)?>/g

/**
 * What Slack would turn into a mention: `!channel`, `!here`, `@U…`, `!subteam^S…`, `#C…`. Whatever is meant as a name
 * must not be among them. Plain text has none; mrkdwn, markdown, the fallback text and rich text may.
 */
export function mentionsIn(message: Pick<Message, 'text' | 'blocks' | 'attachments'>): string[] {
  return [...mentionsInMarkup(message.text), ...mentionsInBlocks([...message.blocks, ...message.attachments])]
}

function mentionsInMarkup(text: string): string[] {
  return [...text.matchAll(markup)].map(([, mention = '']) => mention)
}

function mentionsInBlocks(value: Json): string[] {
  if (isList(value)) return value.flatMap(mentionsInBlocks)
  if (!isObject(value)) return []
  const own = mentionOf(value.type, value)
  return [
    ...own,
    ...Object.values(value).flatMap((field) => (field === undefined ? [] : mentionsInBlocks(field))),
  ]
}

function mentionOf(type: Json | undefined, value: { readonly [key: string]: Json | undefined }): string[] {
  switch (stringOf(type) ?? '') {
    case 'mrkdwn':
    case 'markdown':
      return mentionsInMarkup(stringOf(value.text) ?? '')
    case 'broadcast':
      return [`!${stringOf(value.range) ?? ''}`]
    case 'user':
      return [`@${stringOf(value.user_id) ?? ''}`]
    case 'usergroup':
      return [`!subteam^${stringOf(value.usergroup_id) ?? ''}`]
    case 'channel':
      return [`#${stringOf(value.channel_id) ?? ''}`]
    default:
      return []
  }
}
