/** How subscriptions read. */
export interface SubscriptionSettings {
  /** The doorbell may stay silent; this is how late an event may then be. */
  readonly pollMs: number
  /** An event feed says at least this often that it is alive, and how far it has read. */
  readonly heartbeatMs: number
  /** How long a token that was revoked, or has expired, may still listen. */
  readonly recheckMs: number
  /** Snapshots of a busy migration come at least this far apart. */
  readonly snapshotGapMs: number
  /** Events read at once; what a stalled client holds in memory. */
  readonly pageSize: number
}

export const defaultSubscriptionSettings: SubscriptionSettings = {
  pollMs: 1500,
  heartbeatMs: 15_000,
  recheckMs: 5000,
  snapshotGapMs: 250,
  pageSize: 100,
}
