/** What Slack and its client do not let people and apps do. */
import { describe, expect, test } from 'vitest'
import { type JsonObject, SlackClientError } from '../support/slack/index.ts'
import { errorCode, openModal, postCard, submissions } from './bolt-actions.ts'
import { startBolt } from './bolt-app.ts'
import {
  actions,
  asBlock,
  asView,
  button,
  confirmDialog,
  input,
  modal,
  option,
  plain,
  section,
} from './samples.ts'

describe('what Slack does not let a person do', () => {
  test('a confirmation must be answered, and "no" is no click', async () => {
    await using bot = await startBolt('http')
    const { slack, maya, channel } = bot
    await postCard(bot, actions(button('Cut over', { confirm: confirmDialog }), button('Plain')))
    const card = slack.latestCard(channel)
    const click = (name: string, confirm?: boolean) =>
      slack.as(maya).click(card, name, confirm === undefined ? {} : { confirm })
    await expect(click('Cut over')).rejects.toThrow(/confirmation dialog opens/)
    await expect(click('Plain', true)).rejects.toThrow(/no confirmation dialog/)
    expect(await click('Cut over', false)).toBeUndefined()
    expect(slack.deliveries).toEqual([])
  })

  test('commands do not work in threads, for strangers, in channels one is not in, or when nobody knows them', async () => {
    await using bot = await startBolt('http')
    const { slack, maya, channel, workspace } = bot
    const other = slack.addWorkspace({ domain: 'other' })
    const guest = slack.addUser(other, 'guest')
    slack.invite(channel, guest)
    const type = (...args: Parameters<ReturnType<typeof slack.as>['type']>) => slack.as(maya).type(...args)
    const { ts } = slack.as(maya).say(channel, 'x')
    await expect(type(channel, '/migrate', { threadTs: ts })).rejects.toThrow(/not supported in threads/)
    await expect(type(channel, '/unknown')).rejects.toThrow(/not a valid command/)
    await expect(slack.as(guest).type(channel, '/migrate')).rejects.toThrow(/not a valid command/)
    await expect(type(slack.addChannel(workspace, 'b'), '/migrate')).rejects.toThrow(/maya is not in #b/)
    slack.archive(channel)
    await expect(type(channel, '/migrate')).rejects.toThrow(/archived/)
  })

  test('what is gone, or for somebody else, cannot be clicked', async () => {
    await using bot = await startBolt('http')
    const { slack, maya, ben, channel } = bot
    bot.app.command('/migrate', async ({ ack }) =>
      ack({ text: 'card', blocks: [asBlock(actions(button('Mine')))] }),
    )
    await slack.as(maya).type(channel, '/migrate')
    const mine = slack.ephemerals(maya)[0]!
    await expect(slack.as(ben).click(mine, 'Mine')).rejects.toThrow(/for someone else/)
    await postCard(bot, actions(button('Approve'), button('Same'), button('Same', { action_id: 'other' })))
    const card = slack.latestCard(channel)
    await expect(slack.as(ben).click(card, 'Aprove')).rejects.toThrow(/no 'Aprove'.*'Approve', 'Same'/)
    await expect(slack.as(ben).click(card, 'Same')).rejects.toThrow(/any of 2/)
    await expect(slack.as(slack.addUser(bot.workspace, 'out')).click(card, 'Approve')).rejects.toThrow(
      /not in the channel/,
    )
    slack.deleteMessage(card)
    await expect(slack.as(ben).click(card, 'Approve')).rejects.toThrow(/deleted/)
  })

  test.each<{ what: string; element: JsonObject; entry: string | null; wrong: RegExp }>([
    { what: 'nothing', element: { type: 'plain_text_input' }, entry: null, wrong: /complete this required/ },
    {
      what: 'too little',
      element: { type: 'plain_text_input', min_length: 3 },
      entry: 'ab',
      wrong: /at least 3/,
    },
    {
      what: 'too much',
      element: { type: 'plain_text_input', max_length: 3 },
      entry: 'abcd',
      wrong: /fewer than 4/,
    },
    { what: 'two lines', element: { type: 'plain_text_input' }, entry: 'a\nb', wrong: /one line/ },
    {
      what: 'no number',
      element: { type: 'number_input', is_decimal_allowed: true },
      entry: 'x',
      wrong: /enter a number/,
    },
    {
      what: 'a fraction',
      element: { type: 'number_input', is_decimal_allowed: false },
      entry: '1.5',
      wrong: /whole/,
    },
    {
      what: 'too large a number',
      element: { type: 'number_input', is_decimal_allowed: false, max_value: '9' },
      entry: '10',
      wrong: /too large/,
    },
    { what: 'no e-mail address', element: { type: 'email_text_input' }, entry: 'x', wrong: /valid email/ },
    { what: 'no URL', element: { type: 'url_text_input' }, entry: 'x', wrong: /valid URL/ },
    {
      what: 'another option',
      element: { type: 'static_select', options: [option('a')] },
      entry: 'b',
      wrong: /'b' is no option/,
    },
    { what: 'no such user', element: { type: 'users_select' }, entry: 'nobody', wrong: /no user 'nobody'/ },
    {
      what: 'somebody who has left',
      element: { type: 'users_select' },
      entry: 'gone',
      wrong: /no user 'gone'/,
    },
    {
      what: 'an option that was not offered',
      element: { type: 'external_select' },
      entry: 'b',
      wrong: /'b' is no option/,
    },
  ])('submit $what', async ({ element, entry, wrong }) => {
    await using bot = await startBolt('http')
    bot.slack.addUser(bot.workspace, 'gone').deactivated = true
    const open = await openModal(bot, modal(input('Field', element)))
    const submitted = bot.slack.as(bot.maya).submit(open, { Field: entry })
    await expect(submitted).rejects.toThrow(SlackClientError)
    await expect(submitted).rejects.toThrow(wrong)
    expect(submissions(bot)).toEqual([])
  })

  test('a fourth modal on the stack, an update of an old state', async () => {
    await using bot = await startBolt('http')
    const { slack, maya } = bot
    const { views } = bot.app.client
    const open = await openModal(bot, modal(actions(button('More'))))
    const errors: string[] = []
    bot.app.action('more', async ({ ack, body }) => {
      await ack()
      if ('trigger_id' in body)
        await views
          .push({ trigger_id: body.trigger_id, view: asView(modal(actions(button('More')))) })
          .catch((error: unknown) => errors.push(errorCode(error)))
    })
    for (const _ of [2, 3]) {
      const top = slack.as(maya).modal()!
      await slack.as(maya).click(top, 'More')
      await slack.waitForModal(maya, ({ previousViewId }) => previousViewId === top.id)
    }
    await slack.as(maya).click(slack.as(maya).modal()!, 'More')
    await slack.untilCalled('views.push', ({ answer }) => answer.error === 'push_limit_reached')
    await views.update({ view_id: open.id, view: asView(modal(section('new'))) })
    await expect(
      views.update({ view_id: open.id, hash: open.hash, view: asView(modal(section('old'))) }),
    ).rejects.toMatchObject({ data: { error: 'hash_conflict' } })
  })
})

test('an update may put another kind of input under the same ids, and it starts anew', async () => {
  await using bot = await startBolt('http')
  const { slack, maya } = bot
  const named = (element: JsonObject) => modal(input('Name', { ...element, action_id: 'name' }))
  const open = await openModal(bot, named({ type: 'plain_text_input' }))
  slack.as(maya).fill(open, { Name: 'shop' })
  await bot.app.client.views.update({ view_id: open.id, view: asView(named({ type: 'email_text_input' })) })
  expect(slack.as(maya).modal()?.state).toEqual({ name: { name: { type: 'email_text_input', value: null } } })
})

test('an external_id belongs to one view, which can be updated by it', async () => {
  await using bot = await startBolt('http')
  const { slack, maya } = bot
  const { views } = bot.app.client
  const named = { ...modal(section('x')), external_id: 'one' }
  await openModal(bot, named)
  await views.update({ external_id: 'one', view: asView({ ...named, title: plain('New') }) })
  expect(slack.as(maya).modal()?.body.title).toEqual(plain('New'))
  const home = views.publish({
    user_id: maya.id,
    view: asView({ type: 'home', blocks: [], external_id: 'one' }),
  })
  await expect(home).rejects.toMatchObject({ data: { error: 'duplicate_external_id' } })
})

test('a view is pushed from a modal only', async () => {
  await using bot = await startBolt('http')
  const { slack, maya } = bot
  await openModal(bot, modal(section('x')))
  bot.app.shortcut('push', async ({ ack, client, shortcut }) => {
    await ack()
    await client.views.push({ trigger_id: shortcut.trigger_id, view: asView(modal(section('y'))) })
  })
  await slack.as(maya).shortcut('push')
  expect(await slack.untilCalled('views.push')).toMatchObject({ answer: { error: 'not_found' } })
})

describe('text of commands', () => {
  test.each([
    { escape: false, typed: 'a <b> & “c” @ben', sent: 'a &lt;b&gt; &amp; “c” @ben' },
    { escape: true, typed: 'to @ben in #databases', sent: 'to <@BEN|ben> in <#CHANNEL|databases>' },
    { escape: true, typed: 'from db.example.com', sent: 'from <http://db.example.com|db.example.com>' },
    { escape: true, typed: 'see https://x.example/a', sent: 'see <https://x.example/a>' },
    { escape: true, typed: 'to @nobody', sent: 'to @nobody' },
  ])('is escaped as Slack does (links $escape): $typed', async ({ escape, typed, sent }) => {
    await using bot = await startBolt('http', { slack: { app: { escapeCommands: escape } } })
    let text = ''
    bot.app.command('/migrate', async ({ ack, command }) => {
      ;({ text } = command)
      await ack()
    })
    await bot.slack.as(bot.maya).type(bot.channel, `/migrate ${typed}`)
    expect(text).toBe(sent.replace('BEN', bot.ben.id).replace('CHANNEL', bot.channel.id))
  })
})
