/** How webhooks are sent. */
export interface WebhookSettings {
  /** Whether receivers may be in private networks, and without TLS. */
  readonly allowPrivateAddresses: boolean
  /** From the lookup of the host to the answer. */
  readonly timeoutMs: number
  /** After the death of a worker in the middle of an attempt, another repeats it when this has passed. */
  readonly claimMs: number
  /** Webhooks that one worker serves at a time. */
  readonly concurrency: number
  /** After the first failure, the second, and so on; after the last, the delivery is dead. */
  readonly retryDelaysMs: readonly number[]
  /** A webhook that has only failed for so long is disabled. */
  readonly giveUpAfterMs: number
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** The delays add up to some two days. */
export const defaultWebhookSettings: WebhookSettings = {
  allowPrivateAddresses: false,
  timeoutMs: 10 * second,
  claimMs: 30 * second,
  concurrency: 8,
  retryDelaysMs: [
    5 * second,
    30 * second,
    2 * minute,
    10 * minute,
    30 * minute,
    2 * hour,
    6 * hour,
    12 * hour,
    24 * hour,
  ],
  giveUpAfterMs: 72 * hour,
}
