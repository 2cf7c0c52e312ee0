import type { DeliveryOutcome } from '../ports/index.ts'
import type { Answer } from './post.ts'
import type { WebhookSettings } from './settings.ts'

/** How an attempt went, before it is decided what follows from it. */
export type Attempt =
  | { readonly answer: Answer; readonly failure?: never }
  /** There was no answer. */
  | { readonly answer?: never; readonly failure: string }

const maxErrorLength = 500
const maxRetryAfterMs = 24 * 3_600_000

/** The receiver says that it is gone for good. */
const goneStatus = 410

/** What a person reads of an attempt: null when it was a success. */
export function describeFailure({ answer, failure }: Attempt): string | null {
  if (answer === undefined) return toLine(failure)
  const { statusCode, excerpt } = answer
  if (statusCode >= 200 && statusCode < 300) return null
  if (statusCode >= 300 && statusCode < 400) {
    return `The receiver answered ${statusCode}, a redirect; redirects are not followed.`
  }
  return toLine(`The receiver answered ${statusCode}${excerpt === '' ? '.' : `: ${excerpt}`}`)
}

/**
 * What follows from attempt number `attempt`, the first being 1. `jitter`, 0 to 1, is drawn by the caller; `nowMs`
 * is only to read a date in Retry-After.
 */
export function judgeAttempt(
  outcome: Attempt,
  facts: { readonly attempt: number; readonly jitter: number; readonly nowMs: number },
  { retryDelaysMs }: Pick<WebhookSettings, 'retryDelaysMs'>,
): DeliveryOutcome {
  const statusCode = outcome.answer?.statusCode ?? null
  const error = describeFailure(outcome)
  const judged = { statusCode, error, retryInMs: null, disableReason: null }
  if (error === null) return judged
  if (statusCode === goneStatus) {
    return { ...judged, disableReason: 'The receiver answered 410: it does not want deliveries any more.' }
  }
  const delayMs = retryDelaysMs[facts.attempt - 1]
  if (delayMs === undefined) return judged
  const askedMs = readRetryAfter(outcome.answer?.retryAfter ?? null, facts.nowMs)
  return { ...judged, retryInMs: Math.round(Math.max(spread(delayMs, facts.jitter), askedMs)) }
}

/** Up to a fifth more or less, so that what failed together does not return together. */
function spread(delayMs: number, jitter: number): number {
  return delayMs * (0.8 + 0.4 * jitter)
}

/**
 * What the receiver asks for, in milliseconds, a day at most; 0 when it asks for nothing that can be read.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
function readRetryAfter(header: string | null, nowMs: number): number {
  if (header === null) return 0
  const askedMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isNaN(askedMs) ? 0 : Math.min(Math.max(askedMs, 0), maxRetryAfterMs)
}

/** One line that the control database can hold. */
function toLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, maxErrorLength)
    .toWellFormed()
}
