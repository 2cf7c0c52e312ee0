/** Many workspaces, each of which installs the app. */
import { expect, test } from 'vitest'
import type { BotTown } from '../support/bot.ts'
import { addAdmin, asMany, installAs, startManyTown } from './many.ts'

async function installedIn({ api }: BotTown): Promise<readonly string[]> {
  const { data } = await api.query<{ botRecords: { nodes: { key: string }[] } }>(
    '{ botRecords(namespace: "slack", prefix: "installation/") { nodes { key } } }',
  )
  return data!.botRecords.nodes.map(({ key }) => key)
}

test('two workspaces install the app; each has its own, also after a restart; one takes it out again', async () => {
  await using town = await startManyTown()
  const { slack, anna, bo } = town
  const admins = [anna, bo]
  for (const admin of admins) expect(await installAs(town, admin)).toMatchObject({ status: 200 })
  await town.restart(asMany(town, admins))
  for (const admin of admins) {
    const channel = slack.addChannel(slack.workspaceOf(admin), 'databases', { members: [admin] })
    await slack.as(admin).type(channel, '/migrate whoami')
    await town.heard(admin, 'Your role is read')
  }
  const stored = await town.api.query<{ botRecords: { nodes: { key: string; value: unknown }[] } }>(
    '{ botRecords(namespace: "slack", prefix: "installation/") { nodes { key value } } }',
  )
  const { nodes } = stored.data!.botRecords
  expect(nodes.map(({ key }) => key)).toEqual(admins.map(({ workspaceId }) => `installation/${workspaceId}`))
  expect(JSON.stringify(nodes)).not.toContain('xoxb')
  await slack.uninstall(slack.workspaceOf(anna))
  expect(await installedIn(town)).toHaveLength(1)
  expect(town.logged()).not.toContain('xoxb')
})

test('a workspace that has not installed the app is told so', async () => {
  await using town = await startManyTown()
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate whoami')
  expect((await town.heard(maya, 'not installed in this workspace')).ephemeralTo).toBe(maya.id)
})

test('a workspace that is not among those that may install the app cannot, and nothing of it is kept', async () => {
  await using town = await startManyTown()
  const page = await installAs(town, addAdmin(town, 'rival'))
  expect(page).toMatchObject({ status: 403 })
  expect(page.text).toContain('GODWIT_SLACK_WORKSPACES')
  expect(await installedIn(town)).toEqual([])
})

test('a workspace that is taken out of the setting is not served any more', async () => {
  await using town = await startManyTown()
  const { slack, anna, bo } = town
  await installAs(town, anna)
  await town.restart(asMany(town, [bo]))
  const channel = slack.addChannel(slack.workspaceOf(anna), 'databases', { members: [anna] })
  await slack.as(anna).type(channel, '/migrate whoami')
  expect((await town.heard(anna, 'not installed in this workspace')).ephemeralTo).toBe(anna.id)
})

test('a token that ends soon is renewed, and the new one kept', async () => {
  await using town = await startManyTown({ tokenRotation: true })
  const { slack, anna: admin } = town
  await installAs(town, admin)
  const channel = slack.addChannel(slack.workspaceOf(admin), 'databases', { members: [admin] })
  await slack.as(admin).type(channel, '/migrate whoami')
  await town.heard(admin, 'Your role is read')
  const refreshes = slack
    .callsOf('oauth.v2.access')
    .filter(({ args }) => args['grant_type'] === 'refresh_token')
  expect(refreshes.length).toBeGreaterThanOrEqual(1)
  expect(refreshes.every(({ answer }) => answer['ok'])).toBe(true)
})
