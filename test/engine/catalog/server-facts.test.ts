import { expect, test } from 'vitest'
import { readServerFacts } from '../../../engine/catalog/index.ts'
import { createDatabase, createRole } from '../../support/servers.ts'

test.each([
  { server: 'source', major: 15 },
  { server: 'target', major: 18 },
] as const)('a server of version $major describes itself', async ({ server, major }) => {
  await using db = await createDatabase(server)
  await using client = await db.connect()
  const facts = await readServerFacts(client)
  expect(Math.floor(facts.versionNum / 10_000)).toBe(major)
  expect(facts).toMatchObject({
    version: expect.stringMatching(new RegExp(`^${major}\\.`)),
    walLevel: 'logical',
    inRecovery: false,
    systemIdentifier: expect.stringMatching(/^\d{10,}$/),
    database: db.name,
    encoding: 'UTF8',
    collation: 'C',
  })
})

test('the facts are there for a user who may not read the system identifier', async () => {
  await using db = await createDatabase('source')
  await using role = await createRole('source')
  await db.query('revoke execute on function pg_control_system() from public')
  await using client = await db.connect({ user: role.user, password: role.password })
  const facts = await readServerFacts(client)
  expect(facts.systemIdentifier).toBeNull()
  expect(facts.database).toBe(db.name)
})
