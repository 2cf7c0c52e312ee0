/** Modals, over HTTP and over Socket Mode alike. */
import { describe, expect, test, vi } from 'vitest'
import { errorCode, openModal, submissions } from './bolt-actions.ts'
import { startBolt, transports } from './bolt-app.ts'
import { actions, asView, button, input, modal, option, plain, section } from './samples.ts'

describe.each(transports)('over %s', (transport) => {
  test('a modal is opened, searched, submitted', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, channel } = bot
    const submitted = vi.fn<(values: unknown) => void>()
    bot.app.command('/migrate', async ({ ack, client, command }) => {
      await ack()
      await client.views.open({ trigger_id: command.trigger_id, view: asView(newMigration) })
    })
    bot.app.options('source', async ({ ack, options }) =>
      ack({ options: [{ text: { type: 'plain_text', text: `db-${options.value}` }, value: 'e1' }] }),
    )
    bot.app.view('sample', async ({ ack, view }) => {
      submitted(view.state.values)
      await ack()
    })
    await slack.as(maya).type(channel, '/migrate new')
    const open = await slack.waitForModal(maya)
    expect(await slack.as(maya).search(open, 'Source', 'shop')).toEqual(['db-shop'])
    const { error } = await slack.as(maya).submit(open, {
      Source: 'db-shop',
      Kind: 'Copy',
      When: new Date(1_900_000_000_000),
      Approvers: ['ben'],
    })
    expect(error).toBeUndefined()
    expect(slack.as(maya).modal()).toBeUndefined()
    expect(submitted).toHaveBeenCalledWith({
      source: {
        source: { type: 'external_select', selected_option: { text: plain('db-shop'), value: 'e1' } },
      },
      kind: { kind: { type: 'static_select', selected_option: { text: plain('Copy'), value: 'copy' } } },
      when: { when: { type: 'datetimepicker', selected_date_time: 1_900_000_000 } },
      approvers: { approvers: { type: 'multi_users_select', selected_users: [bot.ben.id] } },
      note: { note: { type: 'plain_text_input', value: null } },
    })
  })

  test('a submission is refused at its field, and keeps what was entered', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya } = bot
    const open = await openModal(bot, modal(input('Name', { type: 'plain_text_input', action_id: 'name' })))
    let isTaken = true
    bot.app.view('sample', async ({ ack }) => {
      if (isTaken) await ack({ response_action: 'errors', errors: { name: 'taken' } })
      else await ack()
    })
    await slack.as(maya).submit(open, { Name: 'shop' })
    expect(slack.as(maya).modal()).toMatchObject({ errors: { name: 'taken' } })
    isTaken = false
    await slack.as(maya).submit(open)
    expect(slack.as(maya).modal()).toBeUndefined()
    expect(submissions(bot).at(-1)).toMatchObject({ name: { name: { value: 'shop' } } })
  })

  test.each([
    { action: 'update', left: ['Second'], depth: 'the same place' },
    { action: 'push', left: ['Second', 'First'], depth: 'on top' },
  ] as const)(
    'a submission is answered with $action: the next view is in $depth',
    async ({ action, left }) => {
      await using bot = await startBolt(transport)
      const { slack, maya } = bot
      const titled = (title: string) => ({ ...modal(section(title)), title: plain(title) })
      const open = await openModal(bot, titled('First'))
      bot.app.view('sample', async ({ ack }) =>
        ack({ response_action: action, view: asView({ ...titled('Second'), notify_on_close: false }) }),
      )
      await slack.as(maya).submit(open)
      const titles: string[] = []
      for (let view = slack.as(maya).modal(); view !== undefined; view = slack.as(maya).modal()) {
        titles.push(JSON.stringify(view.body.title))
        await slack.as(maya).closeModal()
      }
      expect(titles).toEqual(left.map((title) => JSON.stringify(plain(title))))
    },
  )

  test('a submission is answered with clear: every view goes', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya } = bot
    await openModal(bot, modal(actions(button('More'))))
    bot.app.action('more', async ({ ack, body, client }) => {
      await ack()
      if ('trigger_id' in body)
        await client.views.push({ trigger_id: body.trigger_id, view: asView(modal(section('2'))) })
    })
    bot.app.view('sample', async ({ ack }) => ack({ response_action: 'clear' }))
    const first = slack.as(maya).modal()!
    await slack.as(maya).click(first, 'More')
    const second = await slack.waitForModal(maya, ({ previousViewId }) => previousViewId === first.id)
    await slack.as(maya).submit(second)
    expect(slack.as(maya).modal()).toBeUndefined()
  })

  test('an answer that Slack does not take leaves the modal as it was', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya } = bot
    const open = await openModal(bot, modal(section('x')))
    bot.app.view('sample', async ({ ack }) =>
      ack({ response_action: 'update', view: asView(modal(section('x'.repeat(3001)))) }),
    )
    const { error } = await slack.as(maya).submit(open)
    expect(error).toMatch(/trouble connecting.*less than 3001/)
    expect(slack.as(maya).modal()?.hash).toBe(open.hash)
  })

  test('a menu of conversations may begin with the one that the modal was opened in', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, channel } = bot
    const menu = { type: 'conversations_select', action_id: 'to', default_to_current_conversation: true }
    bot.app.command('/migrate', async ({ ack, client, command }) => {
      await ack()
      const view = asView(modal(input('Channel', menu)))
      await client.views.open({ trigger_id: command.trigger_id, view })
    })
    await slack.as(maya).type(channel, '/migrate')
    const open = await slack.waitForModal(maya)
    expect(open.state.channel?.to?.selected_conversation).toBe(channel.id)
  })

  test('what was typed survives an update of the modal, under the same ids', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya } = bot
    const kind = { type: 'static_select', action_id: 'kind', options: [option('Copy'), option('Move')] }
    const name = input('Name', { type: 'plain_text_input', action_id: 'name' })
    const open = await openModal(bot, modal(name, input('Kind', kind, { dispatch_action: true })))
    bot.app.action('kind', async ({ ack, client }) => {
      await ack()
      await client.views.update({ view_id: open.id, view: asView(modal(section('new'), name)) })
    })
    slack.as(maya).fill(open, { Name: 'shop' })
    await slack.as(maya).select(open, 'Kind', 'Move')
    const updated = await slack.waitForModal(maya, ({ hash }) => hash !== open.hash)
    expect(updated.state).toEqual({ name: { name: { type: 'plain_text_input', value: 'shop' } } })
    expect(slack.deliveries.at(-1)?.payload).toMatchObject({
      view: { state: { values: { name: { name: { value: 'shop' } } } } },
      actions: [{ action_id: 'kind', selected_option: { value: 'Move' } }],
    })
  })

  test('a channel that was chosen in a modal may be answered in', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, channel } = bot
    const where = { type: 'conversations_select', action_id: 'where', response_url_enabled: true }
    const other = { type: 'conversations_select', action_id: 'other', initial_conversation: channel.id }
    const open = await openModal(bot, modal(input('Where', where), input('Other', other)))
    bot.app.view('sample', async ({ ack, respond }) => {
      await ack()
      await respond({ response_type: 'in_channel', text: 'started' })
    })
    await slack.as(maya).submit(open, { Where: 'databases' })
    await slack.waitForMessage(({ text }) => text === 'started')
    expect(slack.latestMessage(channel)).toMatchObject({ text: 'started' })
    expect(slack.deliveries.at(-1)?.payload.response_urls).toMatchObject([{ action_id: 'where' }])
  })

  test('an error at something that is no input leaves the modal as it was', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya } = bot
    const open = await openModal(bot, modal({ ...section('x'), block_id: 'text' }))
    bot.app.view('sample', async ({ ack }) => ack({ response_action: 'errors', errors: { text: 'no' } }))
    expect((await slack.as(maya).submit(open)).error).toMatch(/text is no input block/)
    expect(slack.as(maya).modal()).toMatchObject({ errors: {} })
  })

  test('closing a modal is told to the app that asked for it', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya } = bot
    const closed = Promise.withResolvers<boolean>()
    bot.app.view({ callback_id: 'sample', type: 'view_closed' }, async ({ ack, body }) => {
      closed.resolve('is_cleared' in body && body.is_cleared)
      await ack()
    })
    await openModal(bot, { ...modal(section('x')), notify_on_close: true })
    expect(await slack.as(maya).closeModal({ all: true })).toMatchObject([{}])
    expect(await closed.promise).toBe(true)
  })

  test('a trigger opens one view, within three seconds', async () => {
    await using bot = await startBolt(transport)
    const { slack, maya, channel } = bot
    slack.clock.freeze()
    const triggers: string[] = []
    bot.app.command('/migrate', async ({ ack, command }) => {
      triggers.push(command.trigger_id)
      await ack()
    })
    const open = async (trigger: string | undefined) =>
      bot.app.client.views
        .open({ trigger_id: trigger!, view: asView(modal(section('x'))) })
        .then(() => 'opened', errorCode)
    await slack.as(maya).type(channel, '/migrate')
    slack.clock.advance(3000)
    expect(await open(triggers[0])).toBe('opened')
    expect(await open(triggers[0])).toBe('exchanged_trigger_id')
    await slack.as(maya).type(channel, '/migrate')
    slack.clock.advance(3001)
    expect(await open(triggers[1])).toBe('expired_trigger_id')
  })
})

const newMigration = modal(
  input('Source', { type: 'external_select', action_id: 'source', min_query_length: 1 }),
  input('Kind', { type: 'static_select', action_id: 'kind', options: [option('Copy', 'copy')] }),
  input('When', { type: 'datetimepicker', action_id: 'when' }),
  input('Approvers', { type: 'multi_users_select', action_id: 'approvers' }),
  input('Note', { type: 'plain_text_input', action_id: 'note' }, { optional: true }),
)
