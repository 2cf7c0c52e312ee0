import { createHmac } from 'node:crypto'
import { asText } from '../json.ts'
import type { AppSettings } from '../state/model.ts'
import type { Outgoing, SignedRequest } from './delivery.ts'

/**
 * A request as Slack signs it: `v0` over timestamp and body
 * (https://docs.slack.dev/authentication/verifying-requests-from-slack).
 * @param timestampS real time, in seconds
 */
export function signRequest(app: AppSettings, outgoing: Outgoing, timestampS: number): SignedRequest {
  const { contentType, body } = encode(outgoing)
  const { retry } = outgoing
  return {
    body,
    headers: {
      'content-type': contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(timestampS),
      'x-slack-signature': signatureOf(app.signingSecret, timestampS, body),
      ...(retry === undefined
        ? {}
        : { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': retry.reason }),
    },
  }
}

export function signatureOf(signingSecret: string, timestampS: number, body: string): string {
  const hmac = createHmac('sha256', signingSecret).update(`v0:${timestampS}:${body}`)
  return `v0=${hmac.digest('hex')}`
}

function encode({ kind, payload }: Outgoing): { contentType: string; body: string } {
  if (kind === 'events_api') return { contentType: 'application/json', body: JSON.stringify(payload) }
  const form = new URLSearchParams()
  if (kind === 'interactive') form.set('payload', JSON.stringify(payload))
  else for (const [name, value] of Object.entries(payload)) form.set(name, asText(value))
  return { contentType: 'application/x-www-form-urlencoded', body: form.toString() }
}
