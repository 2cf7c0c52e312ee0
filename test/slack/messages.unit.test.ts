/** Commands, messages and the App Home, over HTTP and over Socket Mode alike. */
import { describe, expect, test } from 'vitest'
import { postCard } from './bolt-actions.ts'
import { startBolt, transports } from './bolt-app.ts'
import { actions, asBlock, asView, button, modal, option, plain, section } from './samples.ts'

describe.each(transports)('over %s', (transport) => {
  test('a command is answered to the person alone', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, ben, channel } = bot
    bot.app.command('/migrate', async ({ command, ack }) =>
      ack({ text: `${command.user_name} said ${command.text} in ${command.channel_name}` }),
    )
    const { error } = await slack.as(maya).type(channel, '/migrate  status ')
    expect(error).toBeUndefined()
    expect(slack.ephemerals(maya)).toMatchObject([{ text: 'maya said status in databases' }])
    expect(slack.ephemerals(ben)).toEqual([])
  })

  test('a command is answered to the channel', async () => {
    await using bot = await startBolt(transport)
    bot.app.command('/migrate', async ({ ack }) => ack({ response_type: 'in_channel', text: 'started' }))
    await bot.slack.as(bot.maya).type(bot.channel, '/migrate start')
    expect(bot.slack.latestMessage(bot.channel)).toMatchObject({ text: 'started' })
  })

  test('a command that is acknowledged too late fails, and the person is told', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, channel } = bot
    const late = Promise.withResolvers<void>()
    bot.app.command('/migrate', async ({ ack }) => {
      await late.promise
      await ack('too late')
    })
    const typed = slack.as(maya).type(channel, '/migrate')
    await slack.untilDelivered(({ kind }) => kind === 'slash_commands')
    slack.clock.advance(3000)
    expect(await typed).toMatchObject({ error: 'operation_timeout' })
    late.resolve()
    expect(slack.ephemerals(maya)).toMatchObject([
      { text: '/migrate failed with the error "operation_timeout"', userId: 'USLACKBOT' },
    ])
  })

  test('a button reaches the app with its value, and the message changes', async () => {
    await using bot = await startBolt(transport)
    const { slack, ben, channel } = bot
    bot.app.action('approve', async ({ ack, action, body, client }) => {
      await ack()
      const value = 'value' in action ? action.value : ''
      const ts = 'message' in body ? (body.message?.ts ?? '') : ''
      const text = `approved ${value} by ${body.user.id}`
      await client.chat.update({ channel: channel.id, ts, text, blocks: [] })
    })
    await postCard(bot, actions(button('Approve', { value: 'm1' }), button('Reject')))
    const clicked = await slack.as(ben).click(slack.latestCard(channel), 'Approve')
    expect(clicked?.error).toBeUndefined()
    await slack.waitForMessage(({ text }) => text === `approved m1 by ${ben.id}`)
    expect(slack.deliveries.at(-1)?.payload).toMatchObject({
      type: 'block_actions',
      user: { id: ben.id, team_id: bot.workspace.id },
      container: { type: 'message', channel_id: channel.id, is_ephemeral: false },
      actions: [{ type: 'button', action_id: 'approve', value: 'm1' }],
    })
    await expect(slack.as(ben).click(slack.latestMessage(channel), 'Approve')).rejects.toThrow(
      /nothing to click/,
    )
  })

  test('two people click the same button before it goes', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, ben, channel } = bot
    const clicks: string[] = []
    bot.app.action('approve', async ({ ack, body }) => {
      clicks.push(body.user.id)
      await ack()
    })
    await postCard(bot, actions(button('Approve')))
    const card = slack.latestCard(channel)
    await slack.as(maya).click(card, 'Approve')
    await bot.app.client.chat.update({ channel: channel.id, ts: card.ts, text: 'gone', blocks: [] })
    await slack.as(ben).click(card, 'Approve', { asSeen: true })
    expect(clicks).toEqual([maya.id, ben.id])
  })

  test('a response URL is good for five answers within half an hour', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, channel } = bot
    const later: ((text: string) => Promise<unknown>)[] = []
    bot.app.command('/migrate', async ({ ack, respond }) => {
      await ack()
      later.push(respond)
    })
    await slack.as(maya).type(channel, '/migrate')
    for (const text of ['1', '2', '3', '4', '5']) await later[0]!(text)
    await expect(later[0]!('6')).rejects.toThrow(/404/)
    expect(slack.callsOf('response_url').at(-1)).toMatchObject({ answer: { error: 'used_url' } })
    expect(slack.ephemerals(maya).map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5'])
    await slack.as(maya).type(channel, '/migrate')
    slack.clock.advance(30 * 60_000 + 1)
    await expect(later[1]!('late')).rejects.toThrow(/404/)
    expect(slack.callsOf('response_url').at(-1)).toMatchObject({ answer: { error: 'expired_url' } })
  })

  test('a response replaces or deletes what was clicked, also when only one person sees it', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, channel } = bot
    bot.app.command('/migrate', async ({ ack }) =>
      ack({ text: 'card', blocks: [asBlock(actions(button('Better'), button('Away')))] }),
    )
    bot.app.action('better', async ({ ack, respond }) => {
      await ack()
      await respond({ replace_original: true, text: 'better', blocks: [asBlock(actions(button('Away')))] })
    })
    bot.app.action('away', async ({ ack, respond }) => {
      await ack()
      await respond({ delete_original: true, text: '' })
    })
    await slack.as(maya).type(channel, '/migrate')
    await slack.as(maya).click(slack.ephemerals(maya)[0]!, 'Better')
    const better = await slack.waitForMessage(({ text }) => text === 'better')
    await slack.as(maya).click(better, 'Away')
    await slack.untilCalled('response_url', ({ args }) => args.delete_original === true)
    expect(slack.ephemerals(maya)).toEqual([])
  })

  test('the App Home is published when it is opened', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya } = bot
    bot.app.event('app_home_opened', async ({ event, client }) => {
      const blocks = [asBlock(section('hello')), asBlock(actions(button('New')))]
      await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } })
    })
    bot.app.action('new', async ({ ack, body, client }) => {
      await ack()
      if ('trigger_id' in body)
        await client.views.open({ trigger_id: body.trigger_id, view: asView(modal(section('x'))) })
    })
    await slack.as(maya).openHome()
    const home = await slack.waitForHome(maya)
    expect(home.body.blocks).toMatchObject([section('hello'), { type: 'actions' }])
    await slack.as(maya).click(home, 'New')
    expect(await slack.waitForModal(maya)).toMatchObject({ userId: maya.id })
  })

  test('an event that is not acknowledged in time comes again', async () => {
    const [held, stuck] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const hold = () => {
      held.resolve()
      return stuck.promise
    }
    await using bot = await startBolt(transport, { hold })
    const { slack, maya } = bot
    slack.clock.freeze()
    const attempts: number[] = []
    bot.app.event('app_home_opened', async ({ context }) => void attempts.push(context.retryNum ?? 0))
    const opened = slack.as(maya).openHome()
    await held.promise
    slack.clock.advance(3000)
    expect(await opened).toMatchObject({ error: 'operation_timeout' })
    stuck.resolve()
    slack.clock.advance(0)
    await slack.untilDelivered(({ retry, outcome }) => retry?.number === 1 && outcome?.acknowledged === true)
    expect(slack.deliveries.at(-1)).toMatchObject({ retry: { reason: 'http_timeout' } })
    // The app that was too slow sees it twice, as it would with the real one.
    expect(attempts).toEqual([0, 1])
  })

  test('shortcuts arrive, from the menu and from a message', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, channel } = bot
    const seen: string[] = []
    bot.app.shortcut('new', async ({ ack, shortcut }) => {
      seen.push('message' in shortcut ? String(shortcut.message.text) : shortcut.type)
      await ack()
    })
    await slack.as(maya).shortcut('new')
    await slack.as(maya).shortcut('new', slack.as(maya).say(channel, 'look'))
    expect(seen).toEqual(['shortcut', 'look'])
  })

  test('what is chosen in a message arrives', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, channel } = bot
    const chosen: unknown[] = []
    bot.app.action(/./, async ({ ack, action }) => {
      chosen.push('selected_option' in action ? action.selected_option : action)
      await ack()
    })
    await postCard(
      bot,
      actions(
        { type: 'static_select', action_id: 's', placeholder: plain('Sort'), options: [option('Name', 'n')] },
        { type: 'overflow', action_id: 'o', options: [option('Cancel', 'c')] },
      ),
    )
    await slack.as(maya).select(slack.latestCard(channel), 'Sort', 'Name')
    await slack.as(maya).select(slack.latestCard(channel), 'o', 'Cancel')
    expect(chosen).toEqual([
      { text: plain('Name'), value: 'n' },
      { text: plain('Cancel'), value: 'c' },
    ])
  })
})
