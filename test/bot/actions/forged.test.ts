/** Buttons that are old, or that somebody has made up: whatever they say, the API decides. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeButtonValue } from '../../../bot/views/index.ts'
import type { Migration } from '../../../engine/index.ts'
import { createMigration, makeFollowing, planCutover, reread } from '../../db/fixtures.ts'
import { type BotTown, startBotTown, transports } from '../../support/bot.ts'
import type { Message, User } from '../../support/slack/index.ts'
import { settleIn } from '../settle.ts'

describe.each(transports)('over %s', (transport) => {
  let town: BotTown
  let card: Message

  beforeAll(async () => {
    town = await startBotTown(transport, {
      roles: 'read=*; approve={ben}; admin={maya}',
      startsBot: false,
    })
    // Another process tells what happens: this one would find that the other workspace is none of its own.
    const lease = { namespace: 'slack', key: 'lease/feed', value: {}, expiresIn: 'PT3600S' }
    await town.api.mutate('putBotRecord', lease, 'record { key }')
    await town.restart()
    await town.api.mutate(
      'createApprovalRule',
      { name: 'dba', required: 1, people: [town.ben.email] },
      'rule { name }',
    )
    await town.slack.as(town.ben).type(town.channel, '/migrate')
    card = await town.heard(town.ben, 'New migration')
  })
  afterAll(async () => {
    await town[Symbol.asyncDispose]()
  })

  /** Clicks a button that was never shown, as somebody could who writes requests by hand. Returns what they are told. */
  async function forge(action: string, value: string, user: User = town.ben): Promise<Message> {
    const { slack } = town
    const before = slack.ephemerals(user).length
    const button = { type: 'button', action_id: action, value, text: { type: 'plain_text', text: 'Forged' } }
    const forged = { ...card, ephemeralTo: user.id, blocks: [{ type: 'actions', elements: [button] }] }
    await slack.as(user).click(forged, 'Forged', { asSeen: true })
    return await slack.until(`an answer to ${action} ${value}`, () => slack.ephemerals(user)[before])
  }

  const planOf = async ({ id }: Migration) => await town.api.stores.cutovers.find(id)

  async function makePlanned() {
    const { migration } = await makeFollowing(town.api.stores)
    return { migration, plan: await planCutover(town.api.stores, migration) }
  }

  test.each([
    ['cutover.approve', '{'],
    ['cutover.approve', '[]'],
    ['cutover.approve', '{"m":"m-0000","admin":true}'],
    ['migration.pause', '{"m":7}'],
    ['migration.cancel', '"m-0000"'],
    ['alarm.acknowledge', '{}'],
    ['constructor', '{}'],
    ['migration.more', '{"a":"toString"}'],
    ['migration.nonsense', '{"m":"m-0000"}'],
  ])('of %s with %s nothing comes but a private refusal', async (action, value) => {
    const before = town.slack.messages(town.channel).length
    const told = await forge(action, value)
    expect(told.text).toContain('Nothing was done')
    expect(town.slack.messages(town.channel)).toHaveLength(before)
  })

  test('a migration that does not exist is named as such', async () => {
    expect((await forge('migration.pause', '{"m":"m-<!here>"}')).text).toContain('There is no migration')
    expect((await forge('migration.show', '{"m":"m-0000"}')).text).toContain('does not exist')
  })

  test('an alarm that does not exist cannot be acknowledged', async () => {
    expect((await forge('alarm.acknowledge', '{"i":"nonsense"}', town.maya)).text).toContain('is not an id')
  })

  test('the digest of another plan approves neither of both', async () => {
    const [one, other] = [await makePlanned(), await makePlanned()]
    const told = await forge(
      'cutover.approve',
      writeButtonValue({ m: one.migration.shortId, d: other.plan.digest }),
    )
    expect(told.text).toContain('There is no such plan of the cutover any more')
    await forge('cutover.approve', writeButtonValue({ m: one.migration.shortId, d: 'a'.repeat(64) }))
    await forge('cutover.approve', writeButtonValue({ m: one.migration.shortId }))
    for (const { migration } of [one, other])
      expect(await planOf(migration)).toMatchObject({ status: 'PENDING', decisions: [] })
  })

  test('a digest that is not that of the plan completes nothing', async () => {
    const { migration } = await makePlanned()
    const value = writeButtonValue({ m: migration.shortId, v: migration.version, d: 'a'.repeat(64) })
    await forge('cutover.execute', value, town.maya)
    expect(await reread(town.api.stores, migration)).toMatchObject({ status: 'RUNNING' })
  })

  test('a version that nobody has seen changes nothing', async () => {
    const migration = await createMigration(town.api.stores)
    const value = writeButtonValue({ m: migration.shortId, v: migration.version + 5 })
    const told = await forge('migration.verify', value, town.maya)
    expect(told.text).toContain('It has changed since you looked at it')
    expect(await reread(town.api.stores, migration)).toMatchObject({ status: 'DRAFT' })
  })

  test('the id of a migration of another channel does nothing there', async () => {
    const migration = await createMigration(town.api.stores)
    const home = await settleIn(town, migration)
    const told = await forge('migration.verify', writeButtonValue({ m: migration.shortId }), town.maya)
    expect(told.text).toContain(`belongs to <#${home.id}>`)
    expect(await reread(town.api.stores, migration)).toMatchObject({ status: 'DRAFT' })
  })

  test('the id of a migration of another workspace does nothing, and tells nothing of where it is', async () => {
    const { slack, api, maya } = town
    const migration = await createMigration(api.stores)
    const home = { team: 'T0ELSEWHERE', channel: 'C0ELSEWHERE' }
    const input = {
      namespace: 'slack',
      key: `card/${migration.shortId}`,
      value: { ...home, at: new Date().toISOString(), told: '0', requester: null },
    }
    await api.mutate('putBotRecord', input, 'record { key }')
    const told = await forge('migration.verify', writeButtonValue({ m: migration.shortId }), maya)
    expect(told.text).toContain('belongs to another workspace')
    expect(JSON.stringify(told)).not.toContain('ELSEWHERE')
    // It is no secret that there is such a migration, where one workspace has the whole of Godwit.
    await slack.as(maya).type(town.channel, '/migrate list')
    expect((await town.heard(maya, migration.shortId)).ephemeralTo).toBe(maya.id)
    expect(await reread(api.stores, migration)).toMatchObject({ status: 'DRAFT' })
  })
})
