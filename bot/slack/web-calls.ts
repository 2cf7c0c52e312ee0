import { type Logger, webApi } from '@slack/bolt'
import { toSlackCallError } from './errors.ts'
import type { LaneName } from './gate.ts'
import type { SlackAnswer, SlackArguments } from './lanes.ts'

const timeoutMs = 10_000

export interface WebCallsSettings {
  readonly apiUrl: string | undefined
  readonly logger: Logger
}

/** @throws SlackCallError */
export type CallSlack = (
  lane: LaneName,
  token: string,
  method: string,
  args: SlackArguments,
) => Promise<SlackAnswer>

/** A client for each lane, none of which repeats or holds back anything by itself. */
export function createWebCalls(settings: WebCallsSettings): CallSlack {
  const clients = { first: createClient(settings), progress: createClient(settings) }
  return async (lane, token, method, args) => {
    try {
      return { ...(await clients[lane].apiCall(method, { ...args, token })) }
    } catch (error) {
      throw toSlackCallError(method, error)
    }
  }
}

function createClient({ apiUrl, logger }: WebCallsSettings): webApi.WebClient {
  return new webApi.WebClient(undefined, {
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    logger,
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
  })
}
