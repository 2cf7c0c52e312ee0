/** What approvers click, and what everyone sees of it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CutoverPlan, Migration } from '../../../engine/index.ts'
import { makeFollowing, planCutover } from '../../db/fixtures.ts'
import { type BotTown, startBotTown } from '../../support/bot.ts'
import type { Message, User } from '../../support/slack/index.ts'
import { settleIn } from '../settle.ts'

let town: BotTown
let planned: { migration: Migration; plan: CutoverPlan }

beforeAll(async () => {
  town = await startBotTown('http', { roles: 'read=*; approve={ben},{ola}; admin={maya}' })
  const { api, ben, ola } = town
  await api.mutate(
    'createApprovalRule',
    { name: 'dba', required: 1, people: [ben.email, ola.email] },
    'rule { name }',
  )
  const { migration } = await makeFollowing(api.stores)
  planned = { migration, plan: await planCutover(api.stores, migration) }
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

/** The plan as the person has it before their eyes. */
async function planSeenBy(user: User): Promise<Message> {
  const { slack } = town
  const channel = slack.addChannel(town.workspace, `plans-of-${user.name}`, { members: [user] })
  await slack.as(user).type(channel, `/migrate status ${planned.migration.shortId}`)
  const card = await slack.waitForMessage(
    ({ ephemeralTo, channelId }) => ephemeralTo === user.id && channelId === channel.id,
  )
  await slack.as(user).click(card, 'Show cutover plan')
  return await slack.waitForMessage(
    ({ text, channelId }) => text.includes('Ready for cutover') && channelId === channel.id,
  )
}

const readPlan = async () => await town.api.stores.cutovers.find(planned.migration.id)

test('a refusal says who can approve', async () => {
  const { slack, maya } = town
  await slack.as(maya).click(await planSeenBy(maya), 'Approve', { confirm: true })
  const told = await town.heard(maya, 'APPROVAL_REFUSED')
  expect(told.text).toContain('Who can approve')
  expect(await readPlan()).toMatchObject({ status: 'PENDING' })
})

test('of two approvers at once one is first, and the other is told quietly who', async () => {
  const { slack, ben, ola } = town
  const seen = [await planSeenBy(ben), await planSeenBy(ola)] as const
  await Promise.all([
    slack.as(ben).click(seen[0], 'Approve', { confirm: true }),
    slack.as(ola).click(seen[1], 'Approve', { confirm: true }),
  ])
  const loser = await slack.waitForMessage(({ text }) => text.includes('was first'))
  const plan = await readPlan()
  expect(plan?.decisions).toHaveLength(1)
  expect(loser.text).toContain(plan?.decisions[0]?.person)
  expect(loser.ephemeralTo).toBe(plan?.decisions[0]?.person === ben.email ? ola.id : ben.id)
})

test('approving what belongs to another channel is refused there, and the place is named', async () => {
  const { slack, ben, channel } = town
  const home = await settleIn(town, planned.migration)
  await slack.as(ben).type(channel, `/migrate complete ${planned.migration.shortId}`)
  expect((await town.heard(ben, 'belongs to')).text).toContain(`<#${home.id}>`)
})
