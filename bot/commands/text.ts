import type { OutgoingMessage } from '../slack/index.ts'

/** A message of plain text, in which nothing is interpreted. */
export function plainMessage(text: string): OutgoingMessage {
  return { text: escapeFallback(text), blocks: [plainSection(text)] }
}

function plainSection(text: string): object {
  return { type: 'section', text: { type: 'plain_text', text: text.slice(0, 3000), emoji: false } }
}

/** The fallback is read as mrkdwn: what stands in it must ping nobody. */
function escapeFallback(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').slice(0, 2000)
}
