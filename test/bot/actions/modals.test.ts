/** What people enter in modals, and what comes of it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Migration } from '../../../engine/index.ts'
import {
  createEndpoint,
  createMigration,
  makeFollowing,
  makeReady,
  planCutover,
  reread,
} from '../../db/fixtures.ts'
import { type BotTown, startBotTown } from '../../support/bot.ts'
import type { User } from '../../support/slack/index.ts'
import { saidIn, settleIn } from '../settle.ts'

let town: BotTown

beforeAll(async () => {
  town = await startBotTown('http')
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

const modalOf = (user: User, id: string) =>
  town.slack.waitForModal(user, ({ body }) => body.callback_id === `modal.${id}`)

const statusOf = async (migration: Migration) => (await reread(town.api.stores, migration)).status

test('a migration is made with three choices, in its channel, and verified', async () => {
  const { slack, api, maya, channel } = town
  const source = await createEndpoint(api.stores, 'old <!channel> `shop`')
  const target = await createEndpoint(api.stores, 'new-shop')
  await slack.as(maya).type(channel, '/migrate new')
  const modal = await modalOf(maya, 'new-migration')
  expect(await slack.as(maya).search(modal, 'From', 'SHOP')).toHaveLength(2)
  await slack.as(maya).search(modal, 'To', 'shop')
  await slack.as(maya).submit(modal, { From: source.name, To: source.name })
  expect(slack.as(maya).modal()?.errors).toMatchObject({ target: expect.stringContaining('cannot be both') })
  await slack.as(maya).submit(modal, { From: source.name, To: target.name })
  expect(slack.as(maya).modal()).toBeUndefined()
  const said = await saidIn(town, channel, 'which is verified now')
  expect(said.text).not.toContain('<!channel>')
  await slack.as(maya).type(channel, '/migrate pause')
  await town.heard(maya, 'ILLEGAL_ACTION')
})

test('cancelling asks for the name of the target', async () => {
  const { slack, api, maya } = town
  const migration = await createMigration(api.stores)
  const channel = await settleIn(town, migration)
  const target = await api.stores.endpoints.find(migration.targetId)
  await slack.as(maya).type(channel, '/migrate cancel')
  const modal = await modalOf(maya, 'cancel')
  await slack.as(maya).submit(modal, { 'typed-name': 'something' })
  expect(slack.as(maya).modal()?.errors).toHaveProperty('typed-name')
  expect(await statusOf(migration)).toBe('DRAFT')
  await slack.as(maya).submit(modal, { 'typed-name': target?.name ?? '' })
  await saidIn(town, channel, 'has cancelled')
  expect(await statusOf(migration)).toBe('CANCELLED')
})

test('a time in the past is refused at its field', async () => {
  const { slack, api, maya } = town
  const migration = await makeReady(api.stores, await createMigration(api.stores), 'passed')
  const channel = await settleIn(town, migration)
  await slack.as(maya).type(channel, '/migrate schedule tomorrow 06:00')
  const modal = await modalOf(maya, 'schedule')
  await slack.as(maya).submit(modal, { 'start-at': new Date('2020-01-01T00:00:00Z') })
  expect(slack.as(maya).modal()?.errors).toHaveProperty('start-at')
  await slack.as(maya).submit(modal, { 'start-at': new Date(Date.now() + 86_400_000) })
  await saidIn(town, channel, 'has scheduled')
  expect(await statusOf(migration)).toBe('SCHEDULED')
})

test('a mute shows what it would have hidden, anew for each duration', async () => {
  const { slack, api, maya } = town
  const migration = await createMigration(api.stores)
  const channel = await settleIn(town, migration)
  await slack.as(maya).type(channel, '/migrate mute 45m')
  const modal = await modalOf(maya, 'mute')
  expect(JSON.stringify(modal.body)).toContain('45 min')
  await slack.as(maya).select(modal, 'duration', '8 hours')
  const changed = await slack.waitForModal(maya, ({ body }) =>
    JSON.stringify(body).includes('in the past 8 hours'),
  )
  await slack.as(maya).submit(changed, { reason: 'nightly load' })
  await saidIn(town, channel, 'has muted the alarms')
})

test('a cutover is rejected with its reason', async () => {
  const { slack, api, maya } = town
  await api.mutate(
    'createApprovalRule',
    { name: 'dba', required: 1, people: ['x@y.example'] },
    'rule { name }',
  )
  const { migration } = await makeFollowing(api.stores)
  await planCutover(api.stores, migration)
  const channel = await settleIn(town, migration)
  await slack.as(maya).type(channel, '/migrate complete')
  const plan = await town.heard(maya, 'Ready for cutover')
  await slack.as(maya).click(plan, 'Reject…')
  await slack.as(maya).submit(await modalOf(maya, 'reject'), { reason: 'Not on a Friday.' })
  expect(await api.stores.cutovers.find(migration.id)).toMatchObject({ status: 'REJECTED' })
})
