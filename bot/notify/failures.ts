import { ApiError, ApiUnreachableError } from '../client/index.ts'
import { notInstalled, SlackCallError } from '../slack/index.ts'
import { StaleNoteError } from './notes.ts'

/** What may be done after a failure. */
export type Verdict =
  /** The same may succeed in a while. */
  | 'later'
  /** The workspace does not let the bot in, until somebody installs it again. */
  | 'shut out'
  /** What it was decided by has changed: at once, from the beginning. */
  | 'again'
  | 'never'

export function judge(error: unknown): Verdict {
  if (error instanceof StaleNoteError) return 'again'
  if (error instanceof ApiUnreachableError) return 'later'
  if (error instanceof ApiError) return passing.has(error.code) ? 'later' : 'never'
  if (!(error instanceof SlackCallError)) return 'never'
  if (error.code === notInstalled) return 'never'
  if (error.failure === 'auth') return 'shut out'
  return error.failure === 'unreachable' || error.failure === 'limited' ? 'later' : 'never'
}

const passing: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'SERVER_BUSY',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'TOKEN_EXPIRED',
])

const goneMessages: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'thread_not_found',
])

/** The message is not there any more, or the one in whose thread it was to be. */
export function isMessageGone(error: unknown): boolean {
  return error instanceof SlackCallError && goneMessages.has(error.code)
}

/** Nothing can be posted there: archived, deleted, or the bot was removed, from the channel or with all of its workspace. */
export function isChannelGone(error: unknown): error is SlackCallError {
  if (!(error instanceof SlackCallError) || goneMessages.has(error.code)) return false
  return error.failure === 'gone' || error.code === notInstalled
}
