/** Starts that were asked for before verify has passed, whatever becomes of the bot and of the person meanwhile. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { startBot } from '../../bot/index.ts'
import { ApiClient } from '../../bot/client/index.ts'
import { Records } from '../../bot/records/index.ts'
import { WishBook } from '../../bot/wishes/index.ts'
import type { Migration } from '../../engine/index.ts'
import { createMigration, makeReady, reread } from '../db/fixtures.ts'
import { type BotTown, startBotTown } from '../support/bot.ts'
import type { User } from '../support/slack/index.ts'
import { waitFor } from '../support/wait-for.ts'
import { saidIn } from './settle.ts'

let town: BotTown
let records: Records

beforeAll(async () => {
  town = await startBotTown('http', { startsBot: false, roles: 'admin={maya}' })
  records = new Records(new ApiClient(town.settings.api))
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const noted = z.object({ until: z.string() })
const keyOf = ({ shortId }: Migration) => `wish/${shortId}`

async function ask(migration: Migration, { user = town.maya, startAt = null as string | null } = {}) {
  const { workspace, channel } = town
  const asked = { team: workspace.id, userId: user.id, channel: channel.id, startAt, key: keyOf(migration) }
  await new WishBook(records).keep(migration.shortId, asked)
}

async function untilOver(migration: Migration): Promise<void> {
  await waitFor(async () => (await records.find(keyOf(migration))) === null, {
    describe: () => `the wish for ${migration.shortId} to be over`,
  })
}

test('a start that was asked for before a restart is made once, also by two processes', async () => {
  const { api, slack, channel } = town
  const draft = await createMigration(api.stores)
  await ask(draft)
  await town.restart()
  await town.restart()
  await using _other = await startBot({ ...town.settings })
  expect(await reread(api.stores, draft)).toMatchObject({ status: 'DRAFT' })
  await makeReady(api.stores, draft, 'passed')
  await saidIn(town, channel, 'for verify has passed')
  await untilOver(draft)
  expect(slack.messages(channel).filter(({ text }) => text.includes(draft.shortId))).toHaveLength(1)
  const { items } = await api.stores.audit.list({ first: 100 })
  const starts = items.filter(
    ({ item }) => item.operation === 'migration.start' && item.subjectId === draft.id,
  )
  expect(starts).toHaveLength(1)
})

test('it is kept until an hour after its time, else for a day; then the person is told', async () => {
  const { api, maya } = town
  const later = await createMigration(api.stores)
  const startAt = new Date(Date.now() + 2 * 86_400_000).toISOString()
  await ask(later, { startAt })
  const untilOf = async (migration: Migration) =>
    Date.parse(noted.parse((await records.find(keyOf(migration)))?.value).until)
  expect(await untilOf(later)).toBe(Date.parse(startAt) + 3_600_000)
  const soon = await createMigration(api.stores)
  const before = Date.now()
  await ask(soon)
  expect((await untilOf(soon)) - before).toBeGreaterThanOrEqual(86_400_000)
  const over = await createMigration(api.stores)
  await ask(over, { startAt: new Date(Date.now() - 3_700_000).toISOString() })
  await town.restart()
  await town.heard(maya, `${over.shortId} was to start when verify has passed`)
  await untilOver(over)
  expect(await records.find(keyOf(later))).not.toBeNull()
})

test.each([
  ['who has no role any more', () => town.ola, 'You have no role in Godwit', {}],
  ['who asked for one that is gone', () => town.maya, 'not there any more', { shortId: 'm-gone' }],
])('%s is told that it does not start', async (_, who: () => User, text, other) => {
  const asked = { ...(await createMigration(town.api.stores)), ...other }
  await ask(asked, { user: who() })
  await town.restart()
  expect((await town.heard(who(), text)).ephemeralTo).toBe(who().id)
  await untilOver(asked)
})
