import type { ServerResponse } from 'node:http'
import type { Slack } from '../simulator.ts'
import type { User } from '../state/model.ts'
import { type Cast, type Piece, piecesSeenBy } from './screen.ts'
import type { Part, Update } from './wire.ts'

/**
 * Sends one person's screen as server-sent events: everything at first, then what changed. Changes of one turn of the
 * event loop go together.
 */
export function streamScreen(slack: Slack, user: User, cast: Cast, response: ServerResponse): void {
  let shown = new Map<string, Piece>()
  let isWhole = true
  let pending: NodeJS.Immediate | undefined
  const send = () => {
    pending = undefined
    const now = piecesSeenBy(slack, user, cast)
    const update = difference(shown, now, isWhole)
    shown = now
    isWhole = false
    if (update !== undefined) response.write(`data: ${JSON.stringify(update)}\n\n`)
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const listening = slack.onChange(() => {
    pending ??= setImmediate(send)
  })
  response.on('close', () => {
    listening[Symbol.dispose]()
    clearImmediate(pending)
  })
  send()
}

function difference(
  before: ReadonlyMap<string, Piece>,
  now: ReadonlyMap<string, Piece>,
  isWhole: boolean,
): Update | undefined {
  const parts: Record<string, Part> = {}
  for (const [id, { part, version }] of now) if (before.get(id)?.version !== version) parts[id] = part
  const gone = [...before.keys()].filter((id) => !now.has(id))
  const isEmpty = Object.keys(parts).length === 0 && gone.length === 0
  return isEmpty ? undefined : { isWhole, parts, gone }
}
