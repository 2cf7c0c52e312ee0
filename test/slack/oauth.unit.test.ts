/** Installing with Bolt's own installer, and tokens that rotate. */
import { App, HTTPReceiver, type Installation } from '@slack/bolt'
import { expect, test } from 'vitest'
import { type Slack, startSlack, type User } from '../support/slack/index.ts'
import { collectLogs, listen } from './bolt-app.ts'

interface Installable extends AsyncDisposable {
  readonly slack: Slack
  readonly admin: User
  readonly app: App
  readonly origin: string
  readonly installed: Map<string, Installation>
}

/** An app with OAuth. `redirectUri` decides where it asks Slack to go back to. */
async function startInstallable(
  options: { rotation?: boolean; badSecret?: boolean; scope?: string } = {},
): Promise<Installable> {
  const redirectUrls: string[] = []
  const slack = await startSlack({
    app: { redirectUrls, tokenRotation: options.rotation ?? false, tokenLifetimeS: 3600 },
  })
  const admin = slack.addUser(slack.addWorkspace(), 'admin')
  const installed = new Map<string, Installation>()
  const logger = collectLogs([])
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } }
  const receiver = new HTTPReceiver({
    signingSecret: slack.app.signingSecret,
    clientId: slack.app.clientId,
    clientSecret: options.badSecret === true ? 'wrong' : slack.app.clientSecret,
    stateSecret: 'state',
    scopes: [options.scope ?? 'chat:write', 'commands'],
    logger,
    installationStore: {
      storeInstallation: async (installation) =>
        void installed.set(installation.team?.id ?? '', installation),
      fetchInstallation: async ({ teamId = '' }) => {
        const installation = installed.get(teamId)
        if (installation === undefined) throw new Error('not installed')
        // Bolt's types want to know the kind of authorization, which a store does not.
        return JSON.parse(JSON.stringify(installation))
      },
    },
    installerOptions: { authorizationUrl: slack.authorizeUrl, clientOptions },
  })
  const app = new App({ receiver, clientOptions, logger })
  const requestUrl = await listen(receiver)
  slack.deliverTo(requestUrl)
  const { origin } = new URL(requestUrl)
  redirectUrls.push(`${origin}/slack/oauth_redirect`)
  return {
    slack,
    admin,
    app,
    origin,
    installed,
    [Symbol.asyncDispose]: async () => {
      await app.stop()
      await slack[Symbol.asyncDispose]()
    },
  }
}

test('a person installs the app from its page', async () => {
  await using it = await startInstallable()
  const { slack, admin, app, origin, installed } = it
  app.command('/migrate', async ({ ack }) => ack('installed'))
  expect(await slack.as(admin).install(`${origin}/slack/install`)).toMatchObject({ status: 200 })
  expect(installed.get(admin.workspaceId)).toMatchObject({
    team: { id: admin.workspaceId },
    user: { id: admin.id },
    bot: { scopes: ['chat:write', 'commands'] },
  })
  const workspace = slack.workspaceOf(admin)
  const channel = slack.addChannel(workspace, 'databases', { members: [admin] })
  await slack.as(admin).type(channel, '/migrate')
  expect(slack.ephemerals(admin)).toMatchObject([{ text: 'installed' }])
})

test('a person thinks better of it', async () => {
  await using it = await startInstallable()
  const page = await it.slack.as(it.admin).install(`${it.origin}/slack/install`, 'deny')
  expect(page.status).not.toBe(200)
  expect(it.installed.size).toBe(0)
})

test.each([{ what: 'a wrong client secret', options: { badSecret: true }, refused: 'bad_client_secret' }])(
  '$what installs nothing',
  async ({ options, refused }) => {
    await using it = await startInstallable(options)
    await it.slack.as(it.admin).install(`${it.origin}/slack/install`)
    expect(it.slack.callsOf('oauth.v2.access')).toMatchObject([{ answer: { error: refused } }])
    expect(it.installed.size).toBe(0)
  },
)

test('a scope that the manifest does not have is refused', async () => {
  await using it = await startInstallable({ scope: 'admin' })
  await expect(it.slack.as(it.admin).install(`${it.origin}/slack/install`)).rejects.toThrow('invalid_scope')
})

test('a code is good once', async () => {
  await using slack = await startSlack({ app: { redirectUrls: ['https://app.example/back'] } })
  const admin = slack.addUser(slack.addWorkspace(), 'admin')
  const exchange = (code: string) => oauthOf(slack)({ code, redirect_uri: 'https://app.example/back' })
  const code = await authorize(slack, admin)
  expect(await exchange(code)).toMatchObject({ ok: true, token_type: 'bot' })
  expect(await exchange(code)).toMatchObject({ error: 'code_already_used' })
  expect(await exchange('x')).toMatchObject({ error: 'invalid_code' })
  const late = await authorize(slack, admin)
  slack.clock.advance(10 * 60_000 + 1)
  expect(await exchange(late)).toMatchObject({ error: 'invalid_code' })
})

test('tokens expire, and a refresh token brings the next one, once', async () => {
  await using slack = await startSlack({ app: { tokenRotation: true, tokenLifetimeS: 3600 } })
  const { accessToken, refreshToken } = slack.install(slack.addWorkspace())
  const refresh = () => oauthOf(slack)({ grant_type: 'refresh_token', refresh_token: refreshToken! })
  const first = await refresh()
  expect(first).toMatchObject({ ok: true, expires_in: 3600 })
  expect(await refresh()).toMatchObject({ error: 'invalid_refresh_token' })
  expect(await testAuth(slack, accessToken)).toMatchObject({ ok: true })
  slack.clock.advance(3600 * 1000)
  expect(await testAuth(slack, accessToken)).toMatchObject({ error: 'token_expired' })
})

test('Bolt rotates a token that is about to expire', async () => {
  await using it = await startInstallable({ rotation: true })
  const { slack, admin, app, origin, installed } = it
  app.command('/migrate', async ({ ack, client }) => {
    await client.auth.test()
    await ack('rotated')
  })
  await slack.as(admin).install(`${origin}/slack/install`)
  const before = installed.get(admin.workspaceId)?.bot?.token
  const channel = slack.addChannel(slack.workspaceOf(admin), 'databases', { members: [admin] })
  await slack.as(admin).type(channel, '/migrate')
  expect(slack.ephemerals(admin)).toMatchObject([{ text: 'rotated' }])
  expect(installed.get(admin.workspaceId)?.bot?.token).not.toBe(before)
})

function oauthOf(slack: Slack) {
  return async (args: Record<string, string>): Promise<unknown> => {
    const { clientId, clientSecret } = slack.app
    const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...args })
    const response = await fetch(`${slack.apiUrl}oauth.v2.access`, { method: 'POST', body })
    return response.json()
  }
}

async function testAuth(slack: Slack, token: string): Promise<unknown> {
  const body = new URLSearchParams({ token })
  const response = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST', body })
  return response.json()
}

/** The code that comes back when an administrator allows the app. */
async function authorize(slack: Slack, admin: User): Promise<string> {
  const url = new URL(slack.authorizeUrl)
  const redirectUri = slack.app.redirectUrls[0]!
  url.search = new URLSearchParams({
    client_id: slack.app.clientId,
    scope: 'chat:write',
    redirect_uri: redirectUri,
    user: admin.id,
    decision: 'allow',
  }).toString()
  const response = await fetch(url, { redirect: 'manual' })
  return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? ''
}
