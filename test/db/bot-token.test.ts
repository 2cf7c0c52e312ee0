import { expect, test } from 'vitest'
import { startTestApi } from '../support/api.ts'

const secret = 'x'.repeat(43)
const actor = { kind: 'system', id: 'test', name: 'test' } as const

interface Listed {
  readonly id: string
  readonly name: string
  readonly isBuiltIn: boolean
  readonly expiresAt: string | null
}

test('the bot beside the API has one token, the same each time, shown as built in', async () => {
  await using api = await startTestApi()
  const token = await api.stores.tokens.admitBot(secret)
  expect(await api.stores.tokens.admitBot(secret)).toBe(token)
  const listed = '{ apiTokens(first: 10) { nodes { id name isBuiltIn expiresAt } } }'
  const { data } = await api.query<{ apiTokens: { nodes: Listed[] } }>(listed, {}, token)
  const [bot, ...others] = data!.apiTokens.nodes.toSorted((a, b) => Number(b.isBuiltIn) - Number(a.isBuiltIn))
  expect(bot).toMatchObject({ name: 'slack-bot', isBuiltIn: true, expiresAt: expect.any(String) })
  expect(others).toMatchObject([{ name: 'first admin', isBuiltIn: false }])
})

test('another secret, and the token without renewal, are not let in', async () => {
  await using api = await startTestApi()
  const token = await api.stores.tokens.admitBot(secret)
  await expect(api.stores.tokens.authenticate(token.replaceAll('x', 'y'))).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  })
  await api.database.query(
    "update godwit_control.api_tokens set expires_at = clock_timestamp() where name = 'slack-bot'",
  )
  await expect(api.stores.tokens.authenticate(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  await api.stores.tokens.admitBot(secret)
  expect(await api.stores.tokens.authenticate(token)).toMatchObject({ isBuiltIn: true })
})

test('it cannot be revoked, and is no first token', async () => {
  await using api = await startTestApi()
  await api.database.query('delete from godwit_control.api_tokens')
  const token = await api.stores.tokens.admitBot(secret)
  const { id } = await api.stores.tokens.authenticate(token)
  await expect(api.stores.tokens.revoke(id, { actor })).rejects.toMatchObject({ code: 'IN_USE' })
  expect(await api.stores.tokens.createFirstAdmin()).not.toBeNull()
})
