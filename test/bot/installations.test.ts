/** Many workspaces, each of which installs the app. */
import { expect, test } from 'vitest'
import { type BotTown, startBotTown } from '../support/bot.ts'
import type { User } from '../support/slack/index.ts'

async function startManyTown(app: { tokenRotation?: boolean } = {}): Promise<BotTown> {
  const redirectUrls: string[] = []
  const town = await startBotTown('http', {
    slack: { app: { redirectUrls, tokenLifetimeS: 3600, ...app } },
    startsBot: false,
  })
  redirectUrls.push(`${town.api.url}/slack/oauth_redirect`)
  await town.restart(asMany(town))
  return town
}

function asMany({ slack, settings }: BotTown) {
  const { clientId, clientSecret, signingSecret } = slack.app
  return { slack: { oauth: { clientId, clientSecret }, signingSecret, apiUrl: settings.slack.apiUrl ?? '' } }
}

function installAs(town: BotTown, admin: User) {
  return town.slack.as(admin).install(`${town.api.url}/slack/install`)
}

test('two workspaces install the app; each has its own, also after a restart; one takes it out again', async () => {
  await using town = await startManyTown()
  const { slack } = town
  const admins = ['anna', 'bo'].map((name) => slack.addUser(slack.addWorkspace({ domain: name }), name))
  for (const admin of admins) expect(await installAs(town, admin)).toMatchObject({ status: 200 })
  await town.restart(asMany(town))
  for (const admin of admins) {
    const channel = slack.addChannel(slack.workspaceOf(admin), 'databases', { members: [admin] })
    await slack.as(admin).type(channel, '/migrate whoami')
    await town.heard(admin, 'Your role is read')
  }
  const [anna] = admins
  const stored = await town.api.query<{ botRecords: { nodes: { key: string; value: unknown }[] } }>(
    '{ botRecords(namespace: "slack", prefix: "installation/") { nodes { key value } } }',
  )
  const { nodes } = stored.data!.botRecords
  expect(nodes.map(({ key }) => key)).toEqual(admins.map(({ workspaceId }) => `installation/${workspaceId}`))
  expect(JSON.stringify(nodes)).not.toContain('xoxb')
  await slack.uninstall(slack.workspaceOf(anna!))
  const left = await town.api.query<{ botRecords: { nodes: { key: string }[] } }>(
    '{ botRecords(namespace: "slack", prefix: "installation/") { nodes { key } } }',
  )
  expect(left.data!.botRecords.nodes).toHaveLength(1)
  expect(town.logged()).not.toContain('xoxb')
})

test('a workspace that has not installed the app is told so', async () => {
  await using town = await startManyTown()
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate whoami')
  expect((await town.heard(maya, 'not installed in this workspace')).ephemeralTo).toBe(maya.id)
})

test('a token that ends soon is renewed, and the new one kept', async () => {
  await using town = await startManyTown({ tokenRotation: true })
  const { slack } = town
  const admin = slack.addUser(slack.addWorkspace({ domain: 'anna' }), 'anna')
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
