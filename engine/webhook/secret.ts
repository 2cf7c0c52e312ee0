import { createHmac, randomBytes } from 'node:crypto'
import { GodwitError } from '../errors.ts'

const prefix = 'whsec_'
const madeBytes = 32
const givenBytes = { min: 24, max: 64 }

/**
 * The secret of a webhook, as its receiver is told it.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function makeWebhookSecret(): string {
  return prefix + randomBytes(madeBytes).toString('base64')
}

/** @throws GodwitError BAD_INPUT */
export function validateWebhookSecret(secret: string): void {
  const text = secret.slice(prefix.length)
  const key = Buffer.from(text, 'base64')
  const isSound = secret.startsWith(prefix) && key.toString('base64') === text
  if (isSound && key.length >= givenBytes.min && key.length <= givenBytes.max) return
  throw new GodwitError(
    'BAD_INPUT',
    `secret must be ${prefix} and the base64 of ${givenBytes.min} to ${givenBytes.max} bytes.`,
    { field: 'secret', remedy: `Leave it out, or make one: ${prefix}$(openssl rand -base64 ${madeBytes})` },
  )
}

export interface SignedMessage {
  readonly id: string
  readonly body: string
  readonly secrets: readonly string[]
  readonly at: Date
}

/** The headers by which the receiver knows who sent it, when, and whether it got it before. */
export function signWebhook({ id, body, secrets, at }: SignedMessage): Readonly<Record<string, string>> {
  const timestamp = Math.floor(at.getTime() / 1_000)
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
