import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { makeWebhookSecret, signWebhook, validateWebhookSecret } from '../../../engine/webhook/secret.ts'

const body = JSON.stringify({ id: 'e-1', message: 'Grüße 🐘' })

function sign(secrets: readonly string[], at = new Date()) {
  return { ...signWebhook({ id: 'e-1', body, secrets, at }) }
}

test("another implementation of Standard Webhooks verifies what was signed with Godwit's secret", () => {
  const secret = makeWebhookSecret()
  expect(() => validateWebhookSecret(secret)).not.toThrow()
  expect(new Webhook(secret).verify(body, sign([secret]))).toEqual(JSON.parse(body))
})

test.each(['the body', 'the id', 'the time', 'the secret'])('it refuses when %s was changed', (what) => {
  const secret = makeWebhookSecret()
  const headers = sign([secret])
  if (what === 'the id') headers['webhook-id'] = 'e-2'
  if (what === 'the time') headers['webhook-timestamp'] = String(Number(headers['webhook-timestamp']) + 1)
  const verifier = new Webhook(what === 'the secret' ? makeWebhookSecret() : secret)
  expect(() => verifier.verify(what === 'the body' ? `${body} ` : body, headers)).toThrow('signature')
})

test('after a rotation, holders of the old secret and of the new one can verify', () => {
  const [old, fresh] = [makeWebhookSecret(), makeWebhookSecret()]
  const headers = sign([fresh, old])
  for (const secret of [old, fresh]) {
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
  }
})

test.each([24, 64])('a secret of %i bytes is accepted', (length) => {
  expect(() => validateWebhookSecret(`whsec_${randomBytes(length).toString('base64')}`)).not.toThrow()
})

test.each([
  ['too short', `whsec_${randomBytes(23).toString('base64')}`],
  ['too long', `whsec_${randomBytes(65).toString('base64')}`],
  ['without its prefix', randomBytes(32).toString('base64')],
  ['no base64', `whsec_${'!'.repeat(40)}`],
  ['hex', 'whsec_abc'],
])('a secret that is %s is refused without being quoted', (_what, secret) => {
  expect(() => validateWebhookSecret(secret)).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT', field: 'secret' }),
  )
  expect(() => validateWebhookSecret(secret)).not.toThrow(secret)
})
