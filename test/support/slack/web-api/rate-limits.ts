import type { SlackClock } from '../clock.ts'
import { asText, type JsonObject } from '../json.ts'

interface Allowance {
  readonly burst: number
  readonly perSecond: number
}

const tier2: Allowance = { burst: 20, perSecond: 20 / 60 }
const tier3: Allowance = { burst: 50, perSecond: 50 / 60 }
const tier4: Allowance = { burst: 100, perSecond: 100 / 60 }
/** One message a second in a channel; Slack tolerates short bursts. */
const oneASecond: Allowance = { burst: 3, perSecond: 1 }

/** https://docs.slack.dev/apis/web-api/rate-limits */
const allowances: Readonly<Record<string, Allowance>> = {
  'chat.postMessage': oneASecond,
  'chat.update': tier3,
  'chat.delete': tier3,
  'chat.postEphemeral': tier4,
  'conversations.info': tier3,
  'conversations.open': tier3,
  'users.info': tier4,
  'users.lookupByEmail': tier3,
  'usergroups.users.list': tier2,
  'reactions.add': tier3,
  'views.open': tier4,
  'views.push': tier4,
  'views.update': tier4,
  'views.publish': tier4,
  'files.getUploadURLExternal': tier4,
  'files.completeUploadExternal': tier4,
}

interface Bucket {
  left: number
  atMs: number
}

/** Slack's own rate limits, per method and workspace; per channel for chat.postMessage. */
export class RateLimits {
  readonly #clock: SlackClock
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: SlackClock) {
    this.#clock = clock
  }

  /** Counts the call; returns the seconds to wait when it is one too many. */
  take(method: string, workspaceId: string, args: JsonObject): number | undefined {
    const allowance = allowances[method]
    if (allowance === undefined) return undefined
    const perChannel = allowance === oneASecond ? asText(args.channel) : ''
    const bucket = this.#refilled(`${method} ${workspaceId} ${perChannel}`, allowance)
    if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) / allowance.perSecond))
    bucket.left -= 1
    return undefined
  }

  #refilled(key: string, { burst, perSecond }: Allowance): Bucket {
    const nowMs = this.#clock.nowMs()
    const bucket = this.#buckets.get(key) ?? { left: burst, atMs: nowMs }
    bucket.left = Math.min(burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * perSecond)
    bucket.atMs = nowMs
    this.#buckets.set(key, bucket)
    return bucket
  }
}
