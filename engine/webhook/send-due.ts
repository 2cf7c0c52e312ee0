import type { Logger } from 'pino'
import { isGodwitError } from '../errors.ts'
import { WakeUp } from '../runner/wake-up.ts'
import type { ClaimedDelivery, WebhookQueue } from '../ports/index.ts'
import { attemptDelivery } from './attempt.ts'
import { type Attempt, judgeAttempt } from './outcome.ts'
import type { WebhookSettings } from './settings.ts'

export interface SenderNeeds {
  readonly queue: WebhookQueue
  readonly settings: WebhookSettings
  readonly log: Logger
}

/** While something is being sent: how often to look whether another webhook has something due. */
const pollMs = 500

/**
 * Sends what is due until there is nothing left to claim: one delivery of a webhook at a time, so that a slow
 * receiver holds up nobody else. When `signal` aborts, what is under way is given back, to be sent by another worker.
 */
export async function sendDue(needs: SenderNeeds, signal: AbortSignal): Promise<void> {
  const { queue, settings, log } = needs
  const sending = new Set<Promise<void>>()
  const wakeUp = new WakeUp()
  const start = (delivery: ClaimedDelivery) => {
    const work = sendClaimed(needs, delivery, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error, ...namesOf(delivery) }, 'a webhook delivery broke off')
      })
      .finally(() => {
        sending.delete(work)
        wakeUp.ring()
      })
    sending.add(work)
  }
  try {
    while (!signal.aborted) {
      const free = settings.concurrency - sending.size
      if (free > 0) (await queue.claim(free, settings.claimMs)).forEach(start)
      if (sending.size === 0) return
      await wakeUp.wait(pollMs, signal)
    }
  } finally {
    await Promise.all(sending)
  }
}

async function sendClaimed(
  needs: SenderNeeds,
  delivery: ClaimedDelivery,
  signal: AbortSignal,
): Promise<void> {
  const { queue, settings, log } = needs
  const sent = await send(needs, delivery, signal).catch(async (error: unknown) => {
    await queue.release(delivery)
    throw error
  })
  const { attempt } = delivery
  const outcome = judgeAttempt(sent, { attempt, jitter: Math.random(), nowMs: Date.now() }, settings)
  const disabled = await queue.settle(delivery, outcome, settings.giveUpAfterMs)
  const { statusCode, error } = outcome
  if (error !== null)
    log.warn({ ...namesOf(delivery), attempt, statusCode, reason: error }, 'a webhook failed')
  if (disabled !== null) log.warn({ ...namesOf(delivery), reason: disabled }, 'a webhook was disabled')
}

async function send(
  { queue, settings }: SenderNeeds,
  { webhookId, eventId, body }: ClaimedDelivery,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const target = await queue.target(webhookId)
    return await attemptDelivery({ target, id: eventId, body }, settings, signal)
  } catch (error) {
    if (isGodwitError(error, 'SECRET_UNREADABLE')) return { failure: error.message }
    throw error
  }
}

/** No URL, which may hold a secret. */
function namesOf({ webhookName, deliveryId, eventId }: ClaimedDelivery) {
  return { webhook: webhookName, deliveryId, eventId }
}
