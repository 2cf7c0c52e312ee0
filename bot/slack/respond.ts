import { SlackCallError } from './errors.ts'
import type { OutgoingMessage } from './outgoing.ts'

const timeoutMs = 5_000

/**
 * Answers by the URL that came with a command or a click; works also in channels where the bot is not.
 * @throws SlackCallError `gone` when the URL is used up
 */
export async function respondByUrl(
  url: string,
  message: OutgoingMessage,
  audience: 'ephemeral' | 'in_channel',
): Promise<void> {
  const { text, blocks } = message
  const body = JSON.stringify({ response_type: audience, replace_original: false, text, blocks })
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => undefined)
  if (response === undefined) throw new SlackCallError('response_url', 'unreachable', 'request_failed')
  if (response.ok) return
  const isOver = response.status >= 400 && response.status < 500 && response.status !== 429
  throw new SlackCallError('response_url', isOver ? 'gone' : 'unreachable', `http_${response.status}`)
}
