/** The Home of the app, also when there is much of everything. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ApiClient } from '../../bot/client/index.ts'
import { Homes } from '../../bot/notify/index.ts'
import { Records } from '../../bot/records/index.ts'
import { type ActionId, actionIds } from '../../bot/views/index.ts'
import type { Migration } from '../../engine/index.ts'
import { evaluate, listAlarms } from '../db/alarms.ts'
import { alice, createEndpoint, makeFollowing, makeRunning, planCutover } from '../db/fixtures.ts'
import { type BotTown, startBotTown } from '../support/bot.ts'
import type { User, View } from '../support/slack/index.ts'
import { as } from './notify/scenes.ts'

/** More than two pages of the API, of what could wait for somebody. */
const newer = 200
const failures = 12

let town: BotTown
/** The oldest of all: behind everything that the API lists. */
let toDecide: Migration
let ownOfBen: Migration
let toComplete: Migration
/** Of the failures, and of what waits for its cutover. */
let openAlarms: number

beforeAll(async () => {
  town = await startBotTown('http', { roles: 'read=*; approve={ben}; admin={maya}' })
  toDecide = await makePlanned(town.maya)
  ownOfBen = await makePlanned(town.ben)
  toComplete = (await makeFollowing(town.api.stores)).migration
  await planCutover(town.api.stores, toComplete)
  for (let n = 0; n < failures; n += 1) await makeFailed()
  await evaluate(town.api.stores)
  openAlarms = (await listAlarms(town.api.stores)).length
  const many = await makeDrafts(newer)
  // To have a worker begin each would take minutes.
  await town.api.database.query(
    `update godwit_control.migrations set status = 'RUNNING' where short_id = any($1)`,
    [many.slice(5).map(({ shortId }) => shortId)],
  )
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

/** Its cutover waits for ben or maya, and the person has planned it. */
async function makePlanned({ email }: User): Promise<Migration> {
  const { api, ben, maya } = town
  const { migration } = await makeFollowing(api.stores)
  const { shortId, sourceId } = migration
  const people = [ben.email, maya.email]
  const rule = { name: shortId, required: 1, people, groups: [], endpointId: sourceId, tag: null }
  await api.stores.approvalRules.create(rule, alice)
  await planCutover(api.stores, migration, { context: as(email) })
  return migration
}

async function makeFailed(): Promise<void> {
  const { stores } = town.api
  const { lease } = await makeRunning(stores)
  const problem = { code: 'COPY_FAILED', message: 'It broke.', remedy: 'Mend it.' } as const
  await stores.runs.report(lease, 'FAILED', { problem })
  await stores.leases.release(lease)
}

async function makeDrafts(count: number): Promise<readonly Migration[]> {
  const { stores } = town.api
  const source = await createEndpoint(stores, 'source-of-all')
  const kind = { structure: true, fullCopy: true, incremental: true }
  const selection = { include: [], exclude: [] }
  const made: Migration[] = []
  for (let n = 0; n < count; n += 1) {
    const target = await createEndpoint(stores, `target-${n}`)
    const about = { sourceId: source.id, targetId: target.id, selection, kind }
    made.push(await stores.migrations.create(about, alice))
  }
  return made
}

/** What is published next. */
async function published(user: User, act: () => Promise<unknown>): Promise<View> {
  const { slack } = town
  const before = slack.callsOf('views.publish').length
  await act()
  await slack.until('the Home', () => slack.callsOf('views.publish')[before])
  return slack.waitForHome(user)
}

function open(user: User): Promise<View> {
  return published(user, () => town.slack.as(user).openHome())
}

/** The texts of a Home, a line for each block. */
function textsOf({ body }: View): readonly string[] {
  const { blocks } = JSON.parse(JSON.stringify(body))
  return blocks.map((block: object) =>
    [...JSON.stringify(block).matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text).join(' '),
  )
}

/** The first of several buttons that do the same. */
function firstOf({ body }: View, actionId: ActionId) {
  const [, value] =
    new RegExp(`"action_id":"${actionId}"[^}]*?"value":("(?:[^"\\\\]|\\\\.)*")`).exec(JSON.stringify(body)) ??
    []
  const read: string = JSON.parse(value ?? '""')
  return { actionId, value: read }
}

/** What stands under a heading. */
function under(view: View, heading: string): readonly string[] {
  const texts = textsOf(view)
  const from = texts.findIndex((text) => text.startsWith(heading))
  const headings = ['Waits for you', 'Open alarms', 'Running', 'As of']
  const length = texts.slice(from + 1).findIndex((text) => headings.some((each) => text.startsWith(each)))
  return texts.slice(from, from + 1 + length)
}

test('what waits is there however old it is: decisions first, then completions, then failures', async () => {
  const [heading, first, second, third, ...rest] = under(await open(town.ben), 'Waits for you')
  expect(heading).toBe(`Waits for you · ${2 + failures}`)
  expect(first).toContain(toDecide.shortId)
  expect(first).toContain('approve it, or reject it')
  expect(second).toContain(toComplete.shortId)
  expect(second).toContain('can be completed')
  expect(third).toContain('has failed')
  expect(third).toContain('It broke.')
  expect(rest.at(-1)).toContain('and 4 more')
  expect(rest).toHaveLength(8)
})

test('nobody is asked to approve what they have planned themselves', async () => {
  const [bens, mayas] = [await open(town.ben), await open(town.maya)].map((view) =>
    under(view, 'Waits for you').join(),
  )
  expect(bens).toContain(toDecide.shortId)
  expect(bens).not.toContain(ownOfBen.shortId)
  expect(mayas).toContain(ownOfBen.shortId)
  expect(mayas).not.toContain(toDecide.shortId)
})

test('nothing waits for who may only read, who sees the same alarms and what runs', async () => {
  const home = await open(town.ola)
  expect(under(home, 'Waits for you')).toEqual(['Waits for you', 'Nothing.'])
  expect(under(home, 'Open alarms')[0]).toBe(`Open alarms · ${openAlarms}`)
})

test('the headings count all, what is not shown is said, and all of it is within the limits of Slack', async () => {
  const home = await open(town.ben)
  const running = newer - 5 + 3
  expect(under(home, 'Running')[0]).toBe(`Running · ${running}`)
  expect(under(home, 'Running').at(-2)).toContain(`and ${running - 10} more`)
  expect(under(home, 'Running').at(-1)).toContain(`${5 + failures} other migrations are not over`)
  expect(under(home, 'Open alarms').at(-1)).toContain(`and ${openAlarms - 10} more`)
  expect(textsOf(home).length).toBeLessThanOrEqual(100)
})

test('alarms of what somebody has asked for are theirs, and come first', async () => {
  const { slack, api, maya, ola, channel, workspace } = town
  const last = (await listAlarms(api.stores)).at(-1)!
  const migration = (await api.stores.migrations.find(last.migrationId ?? ''))!
  const homes = new Homes(new Records(new ApiClient({ url: api.url, token: api.adminToken })))
  const place = { team: workspace.id, channel: channel.id }
  await homes.moveIn({ ...place, shortId: migration.shortId, requester: maya.id, since: 'now' })
  const alarmsOf = async (user: User) =>
    under(await published(user, async () => slack.as(user).click(await open(user), 'Refresh')), 'Open alarms')
  expect((await alarmsOf(maya)).map((text) => text.includes('yours'))).toEqual([
    false,
    true,
    ...Array<boolean>(10).fill(false),
  ])
  expect((await alarmsOf(ola)).join()).not.toContain('yours')
})

test('an alarm that somebody looks after stands behind those that nobody does', async () => {
  const { slack, maya } = town
  const home = await open(maya)
  await slack.as(maya).click(home, firstOf(home, actionIds.acknowledge))
  await slack.waitForMessage(({ text }) => text.includes('You look after it'))
  const alarms = under(await published(maya, () => slack.as(maya).click(home, 'Refresh')), 'Open alarms')
  expect(alarms[0]).toBe(`Open alarms · ${openAlarms}`)
  expect(alarms.slice(1, -1).filter((text) => text.includes('Acknowledge'))).toHaveLength(10)
})

test('a plan is approved from the Home, which then does not ask for it any more', async () => {
  const { slack, maya } = town
  const home = await open(maya)
  await slack.as(maya).click(home, firstOf(home, actionIds.showPlan))
  const plan = await slack.waitForMessage(
    ({ text, channelId }) => text.includes('Ready for cutover') && channelId.startsWith('D'),
  )
  await slack.as(maya).click(plan, 'Approve', { confirm: true })
  await slack.waitForMessage(({ text }) => text.includes('The cutover is approved'))
  const waits = under(await published(maya, () => slack.as(maya).click(home, 'Refresh')), 'Waits for you')
  expect(waits.join()).toContain(`${ownOfBen.name}* can be completed`)
  expect(waits.join()).not.toContain('approve it, or reject it')
})

test('the list of all is a click away', async () => {
  const { slack, ola } = town
  await slack.as(ola).click(await open(ola), 'Show list')
  const list = await slack.waitForMessage(
    ({ text, channelId }) => text.startsWith('Active migrations:') && channelId.startsWith('D'),
  )
  expect(list.text).toContain('target-199')
})
