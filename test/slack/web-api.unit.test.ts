import type { webApi } from '@slack/bolt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JsonObject, mentionsIn } from '../support/slack/index.ts'
import { startTown, type Town } from './bolt-app.ts'
import { actions, button, plain, repeat, section } from './samples.ts'
import { callApi, postMessage, webClientOf } from './web-client.ts'

let town: Town
let client: webApi.WebClient

beforeAll(async () => {
  town = await startTown()
  client = webClientOf(town)
})
afterAll(() => town[Symbol.asyncDispose]())

const post = (text: string, more?: JsonObject) => postMessage(client, town, text, more)

describe('tokens', () => {
  test.each([
    { what: 'none', token: null, error: 'not_authed' },
    { what: 'one that Slack did not give', token: 'xoxb-nobody', error: 'invalid_auth' },
    { what: 'the one of Socket Mode', token: 'xapp-1-A0GODWIT-simulated', error: 'not_allowed_token_type' },
  ])('$what: $error', async ({ token, error }) => {
    expect(await callApi(town, 'auth.test', {}, token)).toMatchObject({ ok: false, error })
  })

  test('a bot token opens no socket', async () => {
    expect(await callApi(town, 'apps.connections.open', {})).toMatchObject({
      error: 'not_allowed_token_type',
    })
  })

  test('a token in the body counts in a form, not in JSON', async () => {
    const { token } = town
    expect(await callApi(town, 'auth.test', { token }, null)).toMatchObject({ error: 'not_authed' })
    const response = await fetch(`${town.slack.apiUrl}auth.test`, {
      method: 'POST',
      body: new URLSearchParams({ token }),
    })
    expect(await response.json()).toMatchObject({ ok: true })
  })

  test('a scope that was not granted is missed', async () => {
    await using poor = await startTown()
    const { accessToken } = poor.slack.install(poor.workspace, ['chat:write'])
    const answer = await callApi(poor, 'users.info', { user: poor.maya.id }, accessToken)
    expect(answer).toMatchObject({ error: 'missing_scope', errors: ['needed: users:read'] })
  })

  test('an app that was taken away has no token', async () => {
    await using left = await startTown()
    await left.slack.uninstall(left.workspace)
    expect(await callApi(left, 'auth.test', {})).toMatchObject({
      error: 'account_inactive',
    })
  })
})

describe('messages', () => {
  test('are posted, changed and deleted, in forms and in JSON', async () => {
    const ts = await post('one', { blocks: [section('one')] })
    expect(town.slack.latestMessage(town.channel)).toMatchObject({ ts, text: 'one' })
    expect(
      await callApi(town, 'chat.update', {
        channel: town.channel.id,
        ts,
        text: 'two',
        blocks: [section('two')],
      }),
    ).toMatchObject({ ok: true, ts })
    expect(town.slack.latestCard(town.channel)).toMatchObject({ text: 'two', edits: 1 })
    await client.chat.delete({ channel: town.channel.id, ts })
    expect(town.slack.messages(town.channel).map((message) => message.ts)).not.toContain(ts)
  })

  test('keep their blocks, buttons and all, when an update leaves them out', async () => {
    const ts = await post('stale', { blocks: [actions(button('Approve'))] })
    await client.chat.update({ channel: town.channel.id, ts, text: 'done' })
    expect(town.slack.latestCard(town.channel)).toMatchObject({ text: 'done', blocks: [{ type: 'actions' }] })
    await client.chat.update({ channel: town.channel.id, ts, text: 'done', blocks: [] })
    expect(town.slack.latestMessage(town.channel)).toMatchObject({ blocks: [] })
  })

  test('to a person arrive in the direct messages with the bot', async () => {
    const { channel } = await client.chat.postMessage({ channel: town.maya.id, text: 'psst' })
    expect(channel).toMatch(/^D/)
    const opened = await client.conversations.open({ users: town.maya.id })
    expect(opened).toMatchObject({ already_open: true, channel: { id: channel } })
  })

  test('have threads', async () => {
    const ts = await post('card')
    await post('event', { thread_ts: ts })
    const card = town.slack.latestMessage(town.channel)
    expect(card.text).toBe('card')
    expect(town.slack.thread(card)).toMatchObject([{ text: 'event', threadTs: ts }])
    await post('answer to the event', { thread_ts: town.slack.thread(card)[0]!.ts })
    expect(town.slack.thread(card)).toHaveLength(2)
    await post('seen by all', { thread_ts: ts, reply_broadcast: true })
    expect(town.slack.latestMessage(town.channel).text).toBe('seen by all')
  })

  test('for one person are seen by nobody else', async () => {
    const { channel, maya, ben, slack } = town
    await client.chat.postEphemeral({ channel: channel.id, user: maya.id, text: 'only you' })
    expect(slack.ephemerals(maya).at(-1)).toMatchObject({ text: 'only you' })
    expect(slack.ephemerals(ben)).toEqual([])
    expect(slack.messages(channel).some(({ text }) => text === 'only you')).toBe(false)
  })

  test('have attachments with blocks, and buttons in them', async () => {
    await post('coloured', { attachments: [{ color: '#d00', blocks: [actions(button('Inside'))] }] })
    const { slack, maya, channel } = town
    const clicked = await slack.as(maya).click(slack.latestMessage(channel), 'Inside')
    expect(clicked).toMatchObject({
      error: 'dispatch_failed',
      delivery: { payload: { actions: [{ action_id: 'inside' }] } },
    })
  })

  test('get ids for what has none', async () => {
    await post('ids', { blocks: [actions({ type: 'button', text: plain('Go') })] })
    expect(town.slack.latestCard(town.channel).blocks).toMatchObject([
      { block_id: expect.stringMatching(/./), elements: [{ action_id: expect.stringMatching(/./) }] },
    ])
  })
})

describe('the directory', () => {
  test('says who the bot is', async () => {
    const me = await client.auth.test()
    expect(me).toMatchObject({ team_id: town.workspace.id, user: 'godwit' })
    expect(await client.bots.info({ bot: me.bot_id! })).toMatchObject({ bot: { user_id: me.user_id } })
  })

  test('tells strangers from members', async () => {
    const other = town.slack.addWorkspace({ domain: 'other' })
    const guest = town.slack.addUser(other, 'guest')
    town.slack.invite(town.channel, guest)
    expect(await client.users.info({ user: guest.id })).toMatchObject({
      user: { is_stranger: true, team_id: other.id, profile: { display_name: 'guest' } },
    })
    const { user } = await client.users.info({ user: town.maya.id })
    expect(user).toMatchObject({ is_stranger: false, profile: { email: 'maya@acme.example' } })
    expect(await client.users.lookupByEmail({ email: 'Maya@acme.example' })).toMatchObject({
      user: { id: town.maya.id },
    })
    const stranger = await client.users.info({ user: guest.id })
    expect(stranger.user?.profile).not.toHaveProperty('email')
    const shared = await client.conversations.info({ channel: town.channel.id })
    expect(shared).toMatchObject({ channel: { is_ext_shared: true, is_archived: false } })
  })

  test('finds by e-mail address the people of the workspace who have not left, and tells it with the scope only', async () => {
    const { slack, workspace, channel, maya } = town
    const leaver = slack.addUser(workspace, 'leaver')
    leaver.deactivated = true
    const stranger = slack.addUser(slack.addWorkspace({ domain: 'partner' }), 'partner')
    slack.invite(channel, stranger)
    const { user } = await client.users.lookupByEmail({ email: maya.email.toUpperCase() })
    expect(user).toMatchObject({ id: maya.id, profile: { email: maya.email } })
    for (const { email } of [leaver, stranger, { email: 'nobody@acme.example' }])
      expect(await callApi(town, 'users.lookupByEmail', { email })).toMatchObject({
        error: 'users_not_found',
      })
    expect(await callApi(town, 'users.lookupByEmail', {})).toMatchObject({ error: 'invalid_arguments' })
    await using poor = await startTown()
    const { accessToken } = poor.slack.install(poor.workspace, ['users:read'])
    const { email } = poor.maya
    expect(await callApi(poor, 'users.lookupByEmail', { email }, accessToken)).toMatchObject({
      error: 'missing_scope',
      errors: ['needed: users:read.email'],
    })
  })

  test('lists user groups for those who pay', async () => {
    const group = town.slack.addUserGroup(town.workspace, 'dbas', [town.maya, town.ben])
    const { users } = await client.usergroups.users.list({ usergroup: group.id })
    expect(users).toEqual([town.maya.id, town.ben.id])
    await using free = await startTown()
    const workspace = free.slack.addWorkspace({ plan: 'free' })
    const { accessToken } = free.slack.install(workspace)
    expect(await callApi(free, 'usergroups.users.list', { usergroup: 'S1' }, accessToken)).toMatchObject({
      error: 'paid_teams_only',
    })
  })

  test('takes each reaction once', async () => {
    const reaction = { channel: town.channel.id, timestamp: await post('x'), name: 'eyes' }
    expect(await callApi(town, 'reactions.add', reaction)).toMatchObject({ ok: true })
    expect(await callApi(town, 'reactions.add', reaction)).toMatchObject({ error: 'already_reacted' })
    expect(town.slack.latestMessage(town.channel)).toMatchObject({ edits: 0, reactions: [{ name: 'eyes' }] })
  })
})

test('a file is uploaded and shared', async () => {
  const bytes = Buffer.from('a picture')
  await client.filesUploadV2({
    channel_id: town.channel.id,
    file: bytes,
    filename: 'lag.png',
    title: 'Lag',
    initial_comment: 'the lag',
  })
  const message = town.slack.latestMessage(town.channel)
  expect(message).toMatchObject({ text: 'the lag', files: [{ name: 'lag.png', title: 'Lag' }] })
  expect(town.slack.file(message.files[0]!.id)?.bytes).toEqual(bytes)
})

test('a file of another length than was announced is refused', async () => {
  const announced = await client.files.getUploadURLExternal({ filename: 'a.png', length: 5 })
  const upload = async (content: string) => {
    const { status } = await fetch(announced.upload_url!, { method: 'POST', body: content })
    return status
  }
  const files = JSON.stringify([{ id: announced.file_id }])
  expect(await upload('four')).toBe(400)
  expect(await callApi(town, 'files.completeUploadExternal', { files })).toMatchObject({
    error: 'file_not_found',
  })
  expect(await upload('fives')).toBe(200)
  expect(await callApi(town, 'files.completeUploadExternal', { files })).toMatchObject({ ok: true })
})

test('a workspace without the newer blocks refuses them', async () => {
  await using old = await startTown()
  const workspace = old.slack.addWorkspace({ blocks: 'without newer blocks' })
  const { accessToken } = old.slack.install(workspace)
  const channel = old.slack.addChannel(workspace, 'general')
  const plan = { channel: channel.id, text: 'plan', blocks: [{ type: 'plan', title: 'Copy', tasks: [] }] }
  expect(await callApi(old, 'chat.postMessage', plan, accessToken)).toMatchObject({
    error: 'invalid_blocks',
  })
})

describe("Slack's own rate limits, when they are wanted", () => {
  test('hold for one channel, and pass', async () => {
    await using busy = await startTown({ rateLimits: 'as in Slack' })
    busy.slack.clock.freeze()
    const other = busy.slack.addChannel(busy.workspace, 'other')
    const send = (channel: string) => callApi(busy, 'chat.postMessage', { channel, text: 'x' })
    for (const _ of repeat(3, () => 0)) expect(await send(busy.channel.id)).toMatchObject({ ok: true })
    expect(await send(busy.channel.id)).toEqual({ ok: false, error: 'ratelimited' })
    expect(await send(other.id)).toMatchObject({ ok: true })
    busy.slack.clock.advance(1000)
    expect(await send(busy.channel.id)).toMatchObject({ ok: true })
  })
})

test.each<{ what: string; message: JsonObject; mentions: string[] }>([
  { what: 'fallback text', message: { text: 'to <!channel> and <@U1|ben>' }, mentions: ['!channel', '@U1'] },
  { what: 'escaped text', message: { text: '&lt;!channel&gt;' }, mentions: [] },
  {
    what: 'mrkdwn',
    message: { text: '', blocks: [section('<!subteam^S1> <!here|here>')] },
    mentions: ['!subteam^S1', '!here'],
  },
  {
    what: 'plain text',
    message: { text: '', blocks: [{ type: 'header', text: plain('<!channel>') }] },
    mentions: [],
  },
  {
    what: 'rich text',
    message: {
      blocks: [
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'broadcast', range: 'here' },
                { type: 'text', text: '<!channel>' },
              ],
            },
          ],
        },
      ],
    },
    mentions: ['!here'],
  },
])('whom $what pings', async ({ message, mentions }) => {
  expect(await callApi(town, 'chat.postMessage', { channel: town.channel.id, ...message })).toMatchObject({
    ok: true,
  })
  expect(mentionsIn(town.slack.latestMessage(town.channel))).toEqual(mentions)
})

test('every call is logged, without its token', async () => {
  await client.chat.postMessage({ channel: town.channel.id, text: 'logged' })
  expect(town.slack.callsOf('chat.postMessage').at(-1)).toMatchObject({
    workspaceId: town.workspace.id,
    args: { text: 'logged' },
    status: 200,
    answer: { ok: true },
  })
  expect(JSON.stringify(town.slack.calls)).not.toContain(town.token)
})
