import { expect, test } from 'vitest'
import { makeWebhookSecret } from '../../engine/index.ts'
import { alice, bob, openTestStores, rejectionOf } from './fixtures.ts'
import { all, createWebhook } from './webhooks.ts'

test('secret and URL are sealed, and open only with the key', async () => {
  await using control = await openTestStores()
  const secret = makeWebhookSecret()
  const { id } = await createWebhook(control.stores, { secret })
  expect(await control.stores.webhooks.target(id)).toMatchObject({
    url: 'https://hooks.example/pager?token=hunter2',
    secrets: [secret],
  })
  const { rows } = await control.database.query<{ row: string }>(
    `select w::text || encode(w.sealed, 'escape') as row from godwit_control.webhooks w
      union all select a::text from godwit_control.audit a`,
  )
  expect(JSON.stringify(rows)).not.toMatch(/hunter2/)
  expect(JSON.stringify(rows)).not.toContain(secret.slice('whsec_'.length))
  await using stranger = await control.open(Buffer.alloc(32))
  await expect(stranger.webhooks.target(id)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
})

test('for a day after a rotation, both secrets sign', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const [first, second] = [makeWebhookSecret(), makeWebhookSecret()]
  const { id } = await createWebhook(stores, { secret: first })
  const rotated = await stores.webhooks.rotateSecret(id, second, alice)
  expect(rotated).toMatchObject({ secret: second, webhook: { previousSecretUntil: expect.any(Date) } })
  expect((await stores.webhooks.target(id)).secrets).toEqual([second, first])
  await database.query(
    `update godwit_control.webhooks set previous_secret_until = previous_secret_until - interval '24 hours'`,
  )
  expect((await stores.webhooks.target(id)).secrets).toEqual([second])
})

test('a repeated command has its effect once, and does not tell the secret again', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const context = { ...alice, idempotencyKey: 'create' }
  const input = { name: 'pager', url: 'https://hooks.example/', ...all }
  const { webhook, secret } = await stores.webhooks.create(input, context)
  expect(secret).toMatch(/^whsec_/)
  expect(await stores.webhooks.create(input, context)).toEqual({ webhook, secret: null })
  const rotate = () => stores.webhooks.rotateSecret(webhook.id, undefined, { ...bob, idempotencyKey: 'r' })
  const rotated = await rotate()
  expect(await rotate()).toEqual({ ...rotated, secret: null })
  expect((await stores.webhooks.target(webhook.id)).secrets).toEqual([rotated.secret, secret])
  await stores.webhooks.delete(webhook.id, { ...alice, idempotencyKey: 'delete' })
  await stores.webhooks.delete(webhook.id, { ...alice, idempotencyKey: 'delete' })
  expect(await stores.webhooks.find(webhook.id)).toBeNull()
})

test('a name is taken once, at creation and by a change', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await createWebhook(stores)
  const other = await createWebhook(stores, { name: 'other' })
  await expect(createWebhook(stores)).rejects.toMatchObject({ code: 'NAME_TAKEN' })
  const rename = stores.webhooks.update(other.id, { name: 'pager' }, alice)
  await expect(rename).rejects.toMatchObject({
    code: 'NAME_TAKEN',
    message: expect.stringContaining('pager'),
  })
  expect(
    await stores.webhooks.update(other.id, { name: 'other', url: 'https://b.example/' }, alice),
  ).toMatchObject({ name: 'other', url: 'https://b.example/' })
})

test.each([
  ['name', { name: ' ' }],
  ['url', { url: 'nowhere' }],
  ['secret', { secret: 'whsec_short' }],
  ['eventTypes', { eventTypes: [] }],
  ['migrationIds', { migrationIds: [] }],
  ['tags', { tags: [] }],
  ['tags[0]', { tags: [' '] }],
])('a bad %s is refused', async (field, overrides) => {
  await using control = await openTestStores()
  await expect(createWebhook(control.stores, overrides)).rejects.toMatchObject({ code: 'BAD_INPUT', field })
})

test('what does not exist is named', async () => {
  await using control = await openTestStores()
  const { webhooks } = control.stores
  for (const id of ['01a1fa33-c971-7059-a134-a8304c5d8849', 'nonsense']) {
    const outcomes = await Promise.all(
      [
        webhooks.update(id, { name: 'x' }, alice),
        webhooks.delete(id, alice),
        webhooks.rotateSecret(id, undefined, alice),
        webhooks.redeliver(id, alice),
        webhooks.redeliverDead(id, alice),
        webhooks.target(id),
      ].map(rejectionOf),
    )
    const expected = { code: 'NOT_FOUND', message: expect.stringContaining(id) }
    expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining(expected)))
  }
})
