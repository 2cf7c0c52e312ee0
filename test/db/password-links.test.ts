import { v4 } from 'uuid'
import { expect, test } from 'vitest'
import { alice, bob, createEndpoint, openTestStores, rejectionOf } from './fixtures.ts'

const minuteMs = 60_000
const notValid = { code: 'NOT_FOUND', message: expect.stringContaining('not valid') }

async function withLink() {
  const control = await openTestStores()
  const endpoint = await createEndpoint(control.stores, 'shop')
  const request = { endpointId: endpoint.id, expiresInMs: minuteMs }
  const link = await control.stores.passwordLinks.create(request, alice)
  return {
    ...control,
    links: control.stores.passwordLinks,
    endpoint,
    link,
    request,
    [Symbol.asyncDispose]: () => control[Symbol.asyncDispose](),
  }
}

test('a link sets the password once, and leaves all else of the endpoint', async () => {
  await using control = await openTestStores()
  const { endpoints, passwordLinks } = control.stores
  const tls = { mode: 'verify-ca' as const, ca: 'PEM', clientCertificate: 'PEM', clientKey: 'PEM key' }
  const connection = { host: 'h', port: 1, database: 'd', user: 'u', password: null, tls }
  const { id } = await endpoints.create({ name: 'shop', connection }, alice)
  const link = await passwordLinks.create({ endpointId: id, expiresInMs: minuteMs }, alice)
  expect(await passwordLinks.open(link)).toEqual({
    endpoint: await endpoints.find(id),
    expiresAt: link.expiresAt,
  })
  expect(await passwordLinks.redeem(link, ' s3cret ')).toMatchObject({ id, hasPassword: true })
  expect(await endpoints.connection(id)).toEqual({ ...connection, password: ' s3cret ' })
  await expect(passwordLinks.open(link)).rejects.toMatchObject(notValid)
  await expect(passwordLinks.redeem(link, 'again')).rejects.toMatchObject(notValid)
})

test('a link opens with its own secret only', async () => {
  await using scene = await withLink()
  const { links, link } = scene
  for (const key of [
    { ...link, secret: `${link.secret.slice(0, -1)}${link.secret.endsWith('A') ? 'Q' : 'A'}` },
    { ...link, secret: '' },
    { ...link, id: v4() },
    { ...link, id: 'nonsense' },
  ]) {
    await expect(links.open(key)).rejects.toMatchObject(notValid)
    await expect(links.redeem(key, 'p')).rejects.toMatchObject(notValid)
  }
  expect(await links.open(link)).toMatchObject({ endpoint: { name: 'shop' } })
})

test('a link ends when its time is up, by the clock of the control database', async () => {
  await using scene = await withLink()
  await scene.database.query(
    `update godwit_control.password_links set expires_at = clock_timestamp() - interval '1 ms'`,
  )
  await expect(scene.links.redeem(scene.link, 'p')).rejects.toMatchObject(notValid)
  await expect(scene.links.open(scene.link)).rejects.toMatchObject(notValid)
})

test('a new link ends the one before it, and the endpoint takes its link along', async () => {
  await using scene = await withLink()
  const { links, link, request, endpoint } = scene
  const next = await links.create(request, bob)
  await expect(links.open(link)).rejects.toMatchObject(notValid)
  expect(await links.open(next)).toMatchObject({ endpoint: { id: endpoint.id } })
  await scene.stores.endpoints.delete(endpoint.id, alice)
  await expect(links.open(next)).rejects.toMatchObject(notValid)
  await expect(links.create(request, alice)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('of two who use a link at the same time, one does', async () => {
  await using scene = await withLink()
  const { links, link, endpoint } = scene
  const refusals = await Promise.all(['a', 'b'].map((password) => rejectionOf(links.redeem(link, password))))
  expect(refusals.filter((refusal) => refusal !== undefined)).toMatchObject([notValid])
  const { password } = await scene.stores.endpoints.connection(endpoint.id)
  expect(password).toBe(refusals[0] === undefined ? 'a' : 'b')
})

test('the audit log names who made the link, and neither secret nor password is anywhere', async () => {
  await using scene = await withLink()
  const { link, endpoint } = scene
  const dump = async () => {
    const { rows } = await scene.database.query<{ dump: string }>(
      `select string_agg(query_to_xml(format('select * from %s', oid::regclass), true, false, '')::text, '') as dump
         from pg_class where relkind = 'r' and relnamespace = 'godwit_control'::regnamespace`,
    )
    return rows[0]?.dump ?? ''
  }
  expect(await dump()).not.toContain(link.secret)
  await scene.links.redeem(link, 'correct horse')
  expect(await dump()).not.toContain('correct horse')
  const { items } = await scene.stores.audit.list({ first: 2 })
  expect(items.map(({ item }) => item)).toMatchObject([
    { operation: 'endpoint.setPasswordByLink', actor: alice.actor, subjectId: endpoint.id },
    { operation: 'endpoint.createPasswordLink', actor: alice.actor, subjectId: endpoint.id },
  ])
})

test.each([
  ['expiresIn', 59_999],
  ['expiresIn', 86_400_001],
  ['expiresIn', Number.NaN],
])('a bad %s is refused: %d', async (field, expiresInMs) => {
  await using scene = await withLink()
  const create = scene.links.create({ endpointId: scene.endpoint.id, expiresInMs }, alice)
  await expect(create).rejects.toMatchObject({ code: 'BAD_INPUT', field })
  expect(await scene.links.open(scene.link)).toMatchObject({ endpoint: { name: 'shop' } })
})

test.each(['', 'null\0', 'x'.repeat(10_001)])(
  'a password that cannot be one leaves the link as it is',
  async (bad) => {
    await using scene = await withLink()
    await expect(scene.links.redeem(scene.link, bad)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'password',
    })
    await scene.links.redeem(scene.link, 'good')
    expect((await scene.stores.endpoints.connection(scene.endpoint.id)).password).toBe('good')
  },
)
