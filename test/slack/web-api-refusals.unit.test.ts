import type { webApi } from '@slack/bolt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../support/slack/index.ts'
import { startTown, type Town } from './bolt-app.ts'
import { letters, modal, plain, repeat, section } from './samples.ts'
import { callApi, postMessage, webClientOf } from './web-client.ts'

let town: Town
let client: webApi.WebClient

beforeAll(async () => {
  town = await startTown()
  client = webClientOf(town)
})
afterAll(() => town[Symbol.asyncDispose]())

const post = (text: string, more?: JsonObject) => postMessage(client, town, text, more)

interface Refusal {
  readonly what: string
  readonly method: string
  readonly args: () => JsonObject | Promise<JsonObject>
  readonly error: string
}

const inChannel = (more: JsonObject): JsonObject => ({ channel: town.channel.id, ...more })
const manyTexts = (length: number) => ({
  text: 'x',
  blocks: [...repeat(4, () => section(letters(3000))), section(letters(length))],
})

const refusals: Refusal[] = [
  { what: 'no such method', method: 'chat.shout', args: () => ({}), error: 'unknown_method' },
  { what: 'no channel', method: 'chat.postMessage', args: () => ({ text: 'x' }), error: 'invalid_arguments' },
  {
    what: 'another channel',
    method: 'chat.postMessage',
    args: () => ({ channel: 'C0', text: 'x' }),
    error: 'channel_not_found',
  },
  { what: 'nothing to say', method: 'chat.postMessage', args: () => inChannel({}), error: 'no_text' },
  {
    what: 'too much text',
    method: 'chat.postMessage',
    args: () => inChannel({ text: letters(40_001) }),
    error: 'msg_too_long',
  },
  {
    what: 'too much text in blocks',
    method: 'chat.postMessage',
    args: () => inChannel(manyTexts(1001)),
    error: 'msg_blocks_too_long',
  },
  {
    what: 'blocks that are no JSON',
    method: 'chat.postMessage',
    args: () => inChannel({ text: 'x', blocks: '[{' }),
    error: 'invalid_blocks_format',
  },
  {
    what: 'wrong blocks',
    method: 'chat.postMessage',
    args: () => inChannel({ text: 'x', blocks: [section('')] }),
    error: 'invalid_blocks',
  },
  {
    what: 'no such thread',
    method: 'chat.postMessage',
    args: () => inChannel({ text: 'x', thread_ts: '1.1' }),
    error: 'thread_not_found',
  },
  {
    what: 'no such message',
    method: 'chat.update',
    args: () => inChannel({ ts: '1.1', text: 'x' }),
    error: 'message_not_found',
  },
  {
    what: 'too much text in an update',
    method: 'chat.update',
    args: async () => inChannel({ ts: await post('x'), text: letters(4001) }),
    error: 'msg_too_long',
  },
  {
    what: "another person's message",
    method: 'chat.update',
    args: () => inChannel({ ts: town.slack.as(town.maya).say(town.channel, 'mine').ts, text: 'x' }),
    error: 'cant_update_message',
  },
  {
    what: "another person's message",
    method: 'chat.delete',
    args: () => inChannel({ ts: town.slack.as(town.maya).say(town.channel, 'mine').ts }),
    error: 'cant_delete_message',
  },
  {
    what: 'an ephemeral message',
    method: 'chat.update',
    args: async () => {
      const { message_ts: ts } = await client.chat.postEphemeral({
        channel: town.channel.id,
        user: town.maya.id,
        text: 'x',
      })
      return inChannel({ ts: String(ts), text: 'y' })
    },
    error: 'message_not_found',
  },
  {
    what: 'a person who is not there',
    method: 'chat.postEphemeral',
    args: () => inChannel({ user: town.slack.addUser(town.workspace, 'away').id, text: 'x' }),
    error: 'user_not_in_channel',
  },
  {
    what: 'an archived channel',
    method: 'chat.postMessage',
    args: () => {
      const old = town.slack.addChannel(town.workspace, 'old')
      town.slack.archive(old)
      return { channel: old.id, text: 'x' }
    },
    error: 'is_archived',
  },
  {
    what: 'a channel without the bot',
    method: 'chat.postMessage',
    args: () => ({
      channel: town.slack.addChannel(town.workspace, 'else', { withBot: false }).id,
      text: 'x',
    }),
    error: 'not_in_channel',
  },
  {
    what: 'a private channel without the bot',
    method: 'conversations.info',
    args: () => ({
      channel: town.slack.addChannel(town.workspace, 'secret', { kind: 'private', withBot: false }).id,
    }),
    error: 'channel_not_found',
  },
  { what: 'no such person', method: 'users.info', args: () => ({ user: 'U0' }), error: 'user_not_found' },
  {
    what: 'nobody with such an address',
    method: 'users.lookupByEmail',
    args: () => ({ email: 'nobody@acme.example' }),
    error: 'users_not_found',
  },
  {
    what: 'no such group',
    method: 'usergroups.users.list',
    args: () => ({ usergroup: 'S0' }),
    error: 'no_such_subteam',
  },
  {
    what: 'no trigger',
    method: 'views.open',
    args: () => ({ trigger_id: '1.2.x', view: modal() }),
    error: 'invalid_trigger_id',
  },
  {
    what: 'a wrong view',
    method: 'views.open',
    args: () => ({ trigger_id: '1.2.x', view: { ...modal(), title: plain(letters(25)) } }),
    error: 'invalid_arguments',
  },
  {
    what: 'no such view',
    method: 'views.update',
    args: () => ({ view_id: 'V0', view: modal() }),
    error: 'not_found',
  },
  {
    what: 'a view of more than 250 kB',
    method: 'views.publish',
    args: () => ({
      user_id: town.maya.id,
      view: { type: 'home', blocks: repeat(100, () => section(letters(2900))) },
    }),
    error: 'view_too_large',
  },
  {
    what: 'somebody who has left',
    method: 'conversations.open',
    args: () => {
      const gone = town.slack.addUser(town.workspace, 'gone')
      gone.deactivated = true
      return { users: gone.id }
    },
    error: 'user_disabled',
  },
  {
    what: 'a modal as home',
    method: 'views.publish',
    args: () => ({ user_id: town.maya.id, view: modal() }),
    error: 'invalid_arguments',
  },
]

test.each(refusals)('$method refuses $what: $error', async ({ method, args, error }) => {
  expect(await callApi(town, method, await args())).toMatchObject({ ok: false, error })
})

test('what is exactly as long as allowed is posted', async () => {
  expect(await callApi(town, 'chat.postMessage', inChannel({ text: letters(40_000) }))).toMatchObject({
    ok: true,
  })
  expect(await callApi(town, 'chat.postMessage', inChannel(manyTexts(1000)))).toMatchObject({ ok: true })
  expect(
    await callApi(town, 'chat.update', inChannel({ ts: await post('x'), text: letters(4000) })),
  ).toMatchObject({
    ok: true,
  })
})

test('invalid_blocks says what and where', async () => {
  expect(
    await callApi(town, 'chat.postMessage', inChannel({ blocks: [section(letters(3001))] })),
  ).toMatchObject({
    response_metadata: {
      messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
    },
  })
})
