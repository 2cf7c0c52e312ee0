import { webApi } from '@slack/bolt'
import type { JsonObject } from '../support/slack/index.ts'

import { collectLogs, type Town } from './bolt-app.ts'

/** Bolt's client of the Web API, which gives up at once: no retries, no waiting for rate limits. */
export function webClientOf(town: Town): webApi.WebClient {
  return new webApi.WebClient(town.token, {
    slackApiUrl: town.slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: collectLogs([]),
  })
}

/** Posts into the channel of the town, and returns the timestamp that names the message. */
export async function postMessage(
  client: webApi.WebClient,
  town: Town,
  text: string,
  more: JsonObject = {},
): Promise<string> {
  const result = await client.apiCall('chat.postMessage', { channel: town.channel.id, text, ...more })
  return 'ts' in result ? String(result.ts) : ''
}

/** The answer of a call in JSON, also when Slack refuses it. */
export async function callApi(
  town: Town,
  method: string,
  args: JsonObject,
  token: string | null = town.token,
): Promise<unknown> {
  const response = await fetch(`${town.slack.apiUrl}${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(args),
  })
  return response.json()
}
