/** Who may do what, and who may do nothing. */
import { expect, test } from 'vitest'
import { createMigration } from '../db/fixtures.ts'
import { startBotTown } from '../support/bot.ts'
import { waitFor } from '../support/wait-for.ts'
import { countingRegistry } from './counting.ts'
import { settleIn } from './settle.ts'

test('guests are refused privately, and so are people without a role', async () => {
  await using town = await startBotTown('http', { roles: 'operate={ben}' })
  const { slack, workspace, maya, channel } = town
  const guest = slack.addUser(workspace, 'gus', { isGuest: true })
  slack.invite(channel, guest)
  await slack.as(guest).type(channel, '/migrate whoami')
  await town.heard(guest, 'not for guests')
  await slack.as(maya).type(channel, '/migrate whoami')
  await town.heard(maya, 'You have no role in Godwit')
  expect(slack.messages(channel)).toEqual([])
})

test('a click of somebody of another company in a shared channel is refused, and does nothing', async () => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('http', { registry, roles: 'read=*; admin={maya}' })
  const { slack, maya, channel } = town
  const stranger = slack.addUser(slack.addWorkspace({ domain: 'rival' }), 'rita')
  slack.invite(channel, stranger)
  await slack.as(maya).type(channel, '/migrate status')
  const card = await slack.waitForMessage(({ text }) => text === 'card')
  await slack.as(stranger).click(card, 'Go')
  await town.heard(stranger, 'you are of another')
  expect(runs()).toBe(0)
})

test('people of another company may be let in, by their user id and not by what everyone may', async () => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('http', { registry, startsBot: false })
  const { slack, maya, channel } = town
  const strangers = ['rita', 'rob'].map((name) => slack.addUser(slack.addWorkspace(), name))
  for (const each of strangers) slack.invite(channel, each)
  const [rita, rob] = strangers
  const grants = [
    { role: 'read', to: { kind: 'everyone' } },
    { role: 'operate', to: { kind: 'user', id: rita!.id } },
  ] as const
  await town.restart({ allowExternal: true, roles: grants })
  await slack.as(maya).type(channel, '/migrate status')
  const card = await slack.waitForMessage(({ text }) => text === 'card')
  await slack.as(rita!).click(card, 'Go')
  await town.heard(rita!, 'clicked')
  await slack.as(rob!).click(card, 'Go')
  await town.heard(rob!, 'You have no role in Godwit')
  expect(runs()).toBe(1)
})

test('people of another company are not known by their e-mail address, which that company has confirmed', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const { slack, api, maya, workspace } = town
  const posing = { email: 'dba@example.com', showsEmailToAll: true }
  const rita = slack.addUser(slack.addWorkspace(), 'rita', posing)
  const roles = [maya, rita].map(({ id }) => ({ role: 'operate', to: { kind: 'user', id } }) as const)
  await town.restart({ allowExternal: true, roles })
  const channel = await settleIn(town, await createMigration(api.stores))
  slack.invite(channel, rita)
  const card = await slack.waitForMessage(
    ({ channelId, blocks }) =>
      channelId === channel.id && blocks.some(({ block_id: block }) => block === 'card'),
  )
  await slack.as(rita).click(card, 'Verify')
  const askedBy = async () => {
    const { items } = await api.stores.audit.list({ first: 10 })
    return items.find(({ item }) => item.operation === 'migration.verify')?.item.actor
  }
  await waitFor(async () => (await askedBy()) !== undefined)
  expect(await askedBy()).toMatchObject({ onBehalfOf: `slack:${workspace.id}/${rita.id}` })
})

test('a guest who is let in has no role by the user group that they are in', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const { slack, workspace, maya, channel } = town
  const guest = slack.addUser(workspace, 'gus', { isGuest: true })
  slack.invite(channel, guest)
  const group = slack.addUserGroup(workspace, 'dba', [maya, guest])
  await town.restart({ allowExternal: true, roles: [{ role: 'admin', to: { kind: 'group', id: group.id } }] })
  await slack.as(maya).type(channel, '/migrate whoami')
  await town.heard(maya, 'Your role is admin')
  await slack.as(guest).type(channel, '/migrate whoami')
  expect((await town.heard(guest, 'You have no role in Godwit')).ephemeralTo).toBe(guest.id)
})

test('the role is the highest that a setting gives, and whoami says why', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const { slack, workspace, maya, ben, ola, channel } = town
  const group = slack.addUserGroup(workspace, 'dba', [maya])
  await town.restart({
    roles: [
      { role: 'read', to: { kind: 'everyone' } },
      { role: 'approve', to: { kind: 'group', id: group.id } },
      { role: 'operate', to: { kind: 'user', id: maya.id } },
      { role: 'operate', to: { kind: 'email', address: ben.email } },
    ],
  })
  for (const [user, role, reason] of [
    [maya, 'approve', `\`approve=${group.id}\`, which is a user group that you are in`],
    [ben, 'operate', `\`operate=${ben.email}\`, which is your e-mail address`],
    [ola, 'read', 'which means everyone in this workspace'],
  ] as const) {
    await slack.as(user).type(channel, '/migrate whoami')
    const told = await town.heard(user, `Your role is ${role}`)
    expect(told.text).toContain(reason)
    expect(told.text).toContain(user.email)
  }
})

test('without user groups in the plan, explicit ids go on to work', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const { slack, maya, workspace, channel } = town
  Object.assign(workspace, { plan: 'free' })
  await town.restart({
    roles: [
      { role: 'admin', to: { kind: 'group', id: 'S0NOWHERE' } },
      { role: 'operate', to: { kind: 'user', id: maya.id } },
    ],
  })
  await slack.as(maya).type(channel, '/migrate whoami')
  expect((await town.heard(maya, 'Your role is operate')).text).toContain('by your id')
})

test('a verb that needs more than the role is refused, with who can do it', async () => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('http', { registry })
  const { slack, ola, channel } = town
  await slack.as(ola).type(channel, '/migrate start')
  await town.heard(ola, 'needs the role operate')
  expect(runs()).toBe(0)
})
