import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import { scopes } from '../../engine/index.ts'
import { alice, openTestStores, waitForBlocked } from './fixtures.ts'

const reader = { name: 'dashboard', scopes: ['read'] } as const
const inAnHour = () => new Date(Date.now() + 3_600_000)

test('a new token authenticates, and its secret is stored nowhere', async () => {
  await using control = await openTestStores()
  const { tokens } = control.stores
  const expiresAt = inAnHour()
  const { token, secret } = await tokens.create({ ...reader, expiresAt }, alice)
  expect(token).toEqual({
    id: expect.any(String),
    isBuiltIn: false,
    name: 'dashboard',
    scopes: ['read'],
    createdAt: expect.any(Date),
    expiresAt,
    lastUsedAt: null,
    revokedAt: null,
  })
  expect(secret).toMatch(/^gw_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/)
  expect(await tokens.authenticate(secret ?? '')).toMatchObject({ id: token.id, scopes: ['read'] })
  const { rows } = await control.database.query<{ row: string }>(
    `select t::text as row from godwit_control.api_tokens t union all select a::text from godwit_control.audit a`,
  )
  const secretPart = (secret ?? '').slice('gw_'.length + 33)
  expect(rows.map((row) => row.row).join()).not.toContain(secretPart)
  expect(rows.map((row) => row.row).join()).not.toContain(Buffer.from(secretPart).toString('hex'))
})

test('scopes are kept once each', async () => {
  await using control = await openTestStores()
  const { token } = await control.stores.tokens.create(
    { name: 'bot', scopes: ['approve', 'read', 'approve'] },
    alice,
  )
  expect(token.scopes).toEqual(['read', 'approve'])
})

test('a token that is not known is refused, in one way', async () => {
  await using control = await openTestStores()
  const { tokens } = control.stores
  const mine = (await tokens.create(reader, alice)).secret ?? ''
  const other = (await tokens.create(reader, alice)).secret ?? ''
  const end = mine.endsWith('A') ? 'B' : 'A'
  const unknown = [
    '',
    'nonsense',
    'gw_',
    mine.slice(0, -1) + end,
    mine.slice(0, 36) + other.slice(36),
    `gw_${v7().replaceAll('-', '')}${mine.slice(35)}`,
    'a\0b',
  ]
  for (const presented of unknown) {
    await expect(tokens.authenticate(presented)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'The token is not known.',
    })
  }
})

test('a token that has expired says so, but only to who has its secret', async () => {
  await using control = await openTestStores()
  const { tokens } = control.stores
  const { secret } = await tokens.create({ ...reader, expiresAt: inAnHour() }, alice)
  await control.database.query('update godwit_control.api_tokens set expires_at = clock_timestamp()')
  await expect(tokens.authenticate(secret ?? '')).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  await expect(tokens.authenticate(`${(secret ?? '').slice(0, 36)}${'x'.repeat(43)}`)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  })
})

test('a revoked token does not authenticate any more', async () => {
  await using control = await openTestStores()
  const { tokens } = control.stores
  const { token, secret } = await tokens.create(reader, alice)
  const revoked = await tokens.revoke(token.id, alice)
  expect(revoked.revokedAt).toEqual(expect.any(Date))
  await expect(tokens.authenticate(secret ?? '')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(await tokens.revoke(token.id, alice)).toEqual(revoked)
})

test('a token that is not there cannot be revoked', async () => {
  await using control = await openTestStores()
  for (const id of [v7(), 'nonsense']) {
    await expect(control.stores.tokens.revoke(id, alice)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }
})

test('the last use is noted, once a minute at most', async () => {
  await using control = await openTestStores()
  const { tokens } = control.stores
  const { secret } = await tokens.create(reader, alice)
  const first = await tokens.authenticate(secret ?? '')
  expect(first.lastUsedAt).toEqual(expect.any(Date))
  expect((await tokens.authenticate(secret ?? '')).lastUsedAt).toEqual(first.lastUsedAt)
  await control.database.query(
    `update godwit_control.api_tokens set last_used_at = last_used_at - interval '61 seconds'`,
  )
  const later = await tokens.authenticate(secret ?? '')
  expect(later.lastUsedAt?.getTime()).toBeGreaterThanOrEqual(first.lastUsedAt?.getTime() ?? 0)
})

test.each([
  ['name', { ...reader, name: '' }],
  ['scopes', { ...reader, scopes: [] }],
  ['expiresAt', { ...reader, expiresAt: new Date(0) }],
])('a bad %s is refused by its name, and no token is left', async (field, input) => {
  await using control = await openTestStores()
  await expect(control.stores.tokens.create(input, alice)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field,
    message: expect.stringMatching(new RegExp(`^${field} `)),
  })
  expect((await control.stores.tokens.list({})).items).toEqual([])
})

test('a repetition gives the same token, without its secret', async () => {
  await using control = await openTestStores()
  const context = { ...alice, idempotencyKey: 'key' }
  const { token } = await control.stores.tokens.create(reader, context)
  expect(await control.stores.tokens.create(reader, context)).toEqual({ token, secret: null })
  const revoked = await control.stores.tokens.revoke(token.id, { ...alice, idempotencyKey: 'key-2' })
  expect(await control.stores.tokens.revoke(token.id, { ...alice, idempotencyKey: 'key-2' })).toEqual(revoked)
  expect((await control.stores.audit.list({})).items).toHaveLength(2)
})

test('an empty control database gives out a first admin token, once', async () => {
  await using control = await openTestStores()
  const { tokens } = control.stores
  const secret = await tokens.createFirstAdmin()
  expect(await tokens.authenticate(secret ?? '')).toMatchObject({ scopes })
  expect(await tokens.createFirstAdmin()).toBeNull()
})

test('no first admin token is made once there was any token, even a revoked one', async () => {
  await using control = await openTestStores()
  const { token } = await control.stores.tokens.create(reader, alice)
  await control.stores.tokens.revoke(token.id, alice)
  expect(await control.stores.tokens.createFirstAdmin()).toBeNull()
})

test('of processes that start at once on an empty control database, one makes the token', async () => {
  await using control = await openTestStores()
  await using other = await control.open()
  await using holder = await control.database.connect()
  await holder.query('begin')
  // Lets both look, and neither insert.
  await holder.query('lock table godwit_control.api_tokens in share mode')
  const making = [control.stores, other].map((stores) => stores.tokens.createFirstAdmin())
  await waitForBlocked(control.database, 2)
  await holder.query('commit')
  const made = await Promise.all(making)
  expect(made.filter((secret) => secret !== null)).toHaveLength(1)
  expect((await control.stores.tokens.list({})).items).toHaveLength(1)
})

test.each([
  ['a text of the operator', 'correct-horse-battery-staple-2026'],
  ['a token of our form', `gw_${'0123456789abcdef'.repeat(2)}_${'s'.repeat(43)}`],
])('the first admin token may be chosen: %s', async (_name, chosen) => {
  await using control = await openTestStores()
  const { tokens } = control.stores
  expect(await tokens.createFirstAdmin(chosen)).toBe(chosen)
  expect(await tokens.authenticate(chosen)).toMatchObject({ name: 'first admin', scopes })
  await expect(tokens.authenticate(`${chosen}x`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test.each(['short', 'with spaces, and more than long enough', 'ü'.repeat(40)])(
  'the chosen first admin token %j is refused',
  async (chosen) => {
    await using control = await openTestStores()
    await expect(control.stores.tokens.createFirstAdmin(chosen)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('GODWIT_ADMIN_TOKEN'),
    })
  },
)
