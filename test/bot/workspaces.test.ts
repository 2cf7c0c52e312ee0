/** Of several workspaces, each has its own migrations: to its people there are no others. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ApiClient, graphql } from '../../bot/client/index.ts'
import { Homes, type Reach, Reaches } from '../../bot/notify/index.ts'
import { Records } from '../../bot/records/index.ts'
import { parseRoles } from '../../bot/settings.ts'
import { actionIds, writeButtonValue } from '../../bot/views/index.ts'
import type { Migration } from '../../engine/index.ts'
import { evaluate, listAlarms } from '../db/alarms.ts'
import {
  createEndpoint,
  createMigration,
  makeFollowing,
  makeRunning,
  planCutover,
  reread,
} from '../db/fixtures.ts'
import type { Channel, Message, User } from '../support/slack/index.ts'
import { waitFor } from '../support/wait-for.ts'
import { installAs, asMany, type ManyTown, startManyTown } from './many.ts'
import { homeOf, saidIn } from './settle.ts'

let town: ManyTown
/** Of anna, and of bo. */
let hers: Channel
let his: Channel

beforeAll(async () => {
  town = await startManyTown()
  const { slack, anna, bo } = town
  for (const admin of [anna, bo]) await installAs(town, admin)
  hers = slack.addChannel(slack.workspaceOf(anna), 'hers', { members: [anna] })
  his = slack.addChannel(slack.workspaceOf(bo), 'his', { members: [bo] })
  await restart()
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

/** Both are administrators of Godwit, too. */
async function restart(defaultIn?: Channel): Promise<void> {
  const { anna, bo } = town
  const defaultChannel = defaultIn && { team: defaultIn.workspaceId, channel: defaultIn.id }
  const roles = parseRoles(`admin=${anna.id},${bo.id}`)
  await town.restart({ ...asMany(town, [anna, bo], defaultChannel && { defaultChannel }), roles })
}

/** What a person is told of what they do. */
async function told(user: User, act: () => Promise<unknown>): Promise<Message> {
  const { slack } = town
  const before = slack.ephemerals(user).length
  await act()
  return slack.until(`an answer to ${user.name}`, () => slack.ephemerals(user)[before])
}

function type(user: User, command: string): Promise<Message> {
  return told(user, () => town.slack.as(user).type(user === town.anna ? hers : his, command))
}

/** Clicks a button that was never shown, as somebody could who writes requests by hand. */
async function forge(user: User, action: string, value: Parameters<typeof writeButtonValue>[0]) {
  const { slack } = town
  const [seen = await type(user, '/migrate whoami')] = slack.ephemerals(user)
  const button = {
    type: 'button',
    action_id: action,
    value: writeButtonValue(value),
    text: { type: 'plain_text', text: 'Forged' },
  }
  const forged = { ...seen, blocks: [{ type: 'actions', elements: [button] }] }
  return told(user, () => slack.as(user).click(forged, 'Forged', { asSeen: true }))
}

async function homeIn(user: User): Promise<string> {
  const { slack } = town
  const before = slack.callsOf('views.publish').length
  await slack.as(user).openHome()
  await slack.until('the Home', () => slack.callsOf('views.publish')[before])
  return JSON.stringify((await slack.waitForHome(user)).body)
}

async function bringTo(channel: Channel, user: User, { shortId }: Migration): Promise<void> {
  await town.slack.as(user).type(channel, `/migrate watch ${shortId}`)
  await waitFor(async () => (await homeOf(town, shortId)) === channel.id, {
    describe: async () => `${shortId} to be in ${channel.id}; it is in ${await homeOf(town, shortId)}`,
  })
}

/** A failed one with an alarm, which belongs to anna’s workspace. */
async function makeHers(): Promise<Migration> {
  const { stores } = town.api
  const { migration, lease } = await makeRunning(stores)
  await bringTo(hers, town.anna, migration)
  const problem = { code: 'COPY_FAILED', message: 'It broke.', remedy: 'Mend it.' } as const
  await stores.runs.report(lease, 'FAILED', { problem })
  await stores.leases.release(lease)
  await evaluate(stores)
  return reread(stores, migration)
}

test('to another workspace a migration does not exist, whatever it is called by', async () => {
  const { api, anna, bo } = town
  const migration = await makeHers()
  const { shortId, id } = migration
  const global = Buffer.from(`Migration:${id}`).toString('base64')
  const none = (await type(bo, '/migrate status m-0000')).text
  for (const verb of [
    'status',
    'verify',
    'retry',
    'watch',
    'compare',
    'complete',
    'cancel',
    'cutover',
    'mute',
  ])
    expect((await type(bo, `/migrate ${verb} ${shortId}`)).text).toBe(none.replace('m-0000', shortId))
  for (const other of [id, global])
    expect((await type(bo, `/migrate status ${other}`)).text).toContain('There is no migration')
  for (const list of ['', ' list', ' list all'])
    expect(JSON.stringify((await type(bo, `/migrate${list}`)).blocks)).not.toContain(shortId)
  const home = await homeIn(bo)
  for (const word of [shortId, migration.name, 'Acknowledge']) expect(home).not.toContain(word)
  expect(await reread(api.stores, migration)).toEqual(migration)
  expect((await type(anna, `/migrate status ${shortId}`)).text).not.toContain('There is no')
  expect((await type(anna, '/migrate list')).text).toContain(shortId)
  const hersNow = await homeIn(anna)
  for (const word of [shortId, migration.name, 'Acknowledge']) expect(hersNow).toContain(word)
})

test('buttons that somebody has made up do not reach it, either', async () => {
  const { api, bo } = town
  const migration = await makeHers()
  const { shortId: m, version: v, id } = migration
  const { show, lag, progress, checks, report, cleanUp, showPlan, retry, mute, cancel, watch } = actionIds
  for (const action of [show, lag, progress, checks, report, cleanUp, showPlan])
    for (const named of [m, id])
      expect((await forge(bo, action, { m: named })).text).toContain('does not exist')
  for (const action of [retry, mute, cancel, watch])
    expect((await forge(bo, action, { m, v })).text).toContain('There is no migration')
  const [alarm] = await listAlarms(api.stores, { migrationId: id })
  const answered = await forge(bo, actionIds.acknowledge, { i: alarm!.id })
  expect(answered.text).toContain('There is no such alarm')
  expect(await listAlarms(api.stores, { migrationId: id })).toMatchObject([{ state: 'FIRING' }])
  expect(await reread(api.stores, migration)).toEqual(migration)
})

test('nor does an approval from there count', async () => {
  const { stores } = town.api
  const { migration } = await makeFollowing(stores)
  await bringTo(hers, town.anna, migration)
  const { digest } = await planCutover(stores, migration)
  const { shortId: m, version: v } = migration
  for (const action of [actionIds.approve, actionIds.execute, actionIds.reject, actionIds.breakGlass])
    expect((await forge(town.bo, action, { m, v, d: digest })).text).toContain('There is no migration')
  expect(await stores.cutovers.find(migration.id)).toMatchObject({ decisions: [], breakGlass: null })
})

test('it stays with its workspace when its card is forgotten', async () => {
  const { api, bo } = town
  const { shortId } = await makeHers()
  await api.mutate('deleteBotRecord', { namespace: 'slack', key: `card/${shortId}` }, 'deleted')
  expect((await type(bo, `/migrate status ${shortId}`)).text).toContain('There is no migration')
  expect((await type(bo, '/migrate list all')).text).not.toContain(shortId)
})

test('what was made through the API belongs to whoever brings it to a channel first', async () => {
  const { slack, anna, bo } = town
  const { migration } = await makeRunning(town.api.stores)
  const { shortId } = migration
  for (const user of [anna, bo]) {
    expect((await type(user, '/migrate list')).text).toContain(shortId)
    expect(await homeIn(user)).toContain(shortId)
  }
  const before = new Map([anna, bo].map((user) => [user, slack.ephemerals(user).length]))
  const both = [
    slack.as(anna).type(hers, `/migrate watch ${shortId}`),
    slack.as(bo).type(his, `/migrate watch ${shortId}`),
  ]
  await Promise.all(both)
  await slack.until(
    'one of them to be refused',
    () => [anna, bo].some((user) => slack.ephemerals(user).slice(before.get(user)).length > 0) || undefined,
  )
  await waitFor(() => homeOf(town, shortId), { describe: `${shortId} to be in a channel` })
  const isHers = (await homeOf(town, shortId)) === hers.id
  const [first, second] = isHers ? [anna, bo] : [bo, anna]
  expect((await type(second, `/migrate status ${shortId}`)).text).toContain('There is no migration')
  expect(JSON.stringify(await type(first, `/migrate status ${shortId}`))).toContain(shortId)
})

/** As another process of the bot would have it. */
function reachOfBoth(defaultIn: Channel | null): readonly Reach[] {
  const { api, anna, bo } = town
  const client = new ApiClient({ url: api.url, token: api.adminToken })
  const homes = new Homes(new Records(client))
  const place = defaultIn && { team: defaultIn.workspaceId, channel: defaultIn.id }
  const findDefaultChannel = async () => place
  const reaches = new Reaches({ api: client, homes, findDefaultChannel, areMany: true })
  return [anna, bo].map(({ workspaceId }) => reaches.of(workspaceId))
}

test('what nobody has claimed belongs to the workspace of the default channel, else to all', async () => {
  const { shortId } = await createMigration(town.api.stores)
  const askBoth = (defaultIn: Channel | null) =>
    Promise.all(
      reachOfBoth(defaultIn).map(async (reach) => [
        await reach.has(shortId),
        await (await reach.read())(shortId),
      ]),
    )
  expect(await askBoth(his)).toEqual([
    [false, false],
    [true, true],
  ])
  expect(await askBoth(null)).toEqual([
    [true, true],
    [true, true],
  ])
})

test('of two workspaces that claim it at once, one has it', async () => {
  const { shortId } = await createMigration(town.api.stores)
  const reach = reachOfBoth(null)
  const claimed = await Promise.all(reach.map((each) => each.claim(shortId)))
  expect(claimed.filter(Boolean)).toHaveLength(1)
  expect(await Promise.all(reach.map((each) => each.has(shortId)))).toEqual(claimed)
})

const Create = graphql(`
  mutation CreateOfTest($input: CreateMigrationInput!) {
    createMigration(input: $input) {
      ... on CreateMigrationPayload {
        migration {
          shortId
        }
      }
    }
  }
`)

test('what is being made in Slack, and not said to be of a workspace yet, is nobody else’s', async () => {
  const { api, anna, bo } = town
  const bot = new ApiClient({ url: api.url, token: api.adminToken })
  const [source, target] = [
    await createEndpoint(api.stores, 'old-shop'),
    await createEndpoint(api.stores, 'new-shop'),
  ]
  const kind = { structure: true, fullCopy: true, incremental: true }
  const input = { sourceId: source.id, targetId: target.id, kind, idempotencyKey: 'being made' }
  const caller = { person: anna.email, scope: 'admin' } as const
  const { createMigration: made } = await bot.execute(Create, { input }, { caller })
  const { shortId } = 'migration' in made ? made.migration : { shortId: '' }
  expect(shortId).toContain('m-')
  expect((await type(bo, `/migrate status ${shortId}`)).text).toContain('There is no migration')
  expect((await type(bo, '/migrate list')).text).not.toContain(shortId)
})

test('what loses its channel does not come to the default channel of another workspace', async () => {
  const { slack, anna, api } = town
  const migration = await createMigration(api.stores)
  const closing = slack.addChannel(slack.workspaceOf(anna), 'closing', { members: [anna] })
  await bringTo(closing, anna, migration)
  await saidIn(town, closing, migration.shortId)
  await restart(his)
  slack.archive(closing)
  await api.mutate('verifyMigration', { id: migration.shortId }, 'migration { status }')
  await slack.waitForMessage(({ text }) => text.includes(`I cannot post in <#${closing.id}>`))
  expect(await homeOf(town, migration.shortId)).toBe(closing.id)
  expect(JSON.stringify(slack.messages(his))).not.toContain(migration.shortId)
})

test('what was made through the API, and has come to a default channel, belongs to its workspace for good', async () => {
  const { anna, bo, api } = town
  await restart(his)
  const { shortId } = await createMigration(api.stores)
  await waitFor(async () => (await homeOf(town, shortId)) === his.id, {
    describe: `${shortId} in the channel`,
  })
  await restart()
  expect((await type(anna, `/migrate status ${shortId}`)).text).toContain('There is no migration')
  expect((await type(anna, `/migrate watch ${shortId}`)).text).toContain('There is no migration')
  expect((await type(anna, '/migrate list')).text).not.toContain(shortId)
  expect(JSON.stringify(await type(bo, `/migrate status ${shortId}`))).toContain(shortId)
  expect((await type(bo, '/migrate list')).text).toContain(shortId)
})
