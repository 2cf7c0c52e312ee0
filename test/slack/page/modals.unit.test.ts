/** Modals on the page, in a real browser. */
import { expect, test } from 'vitest'
import type { JsonObject } from '../../support/slack/index.ts'
import { openModal, submissions } from '../bolt-actions.ts'
import { actions, asView, button, input, modal, option, plain, section } from '../samples.ts'
import { describeInBrowser, expectShown, openPage, type Seat, useBrowser } from './open-page.ts'
import { shownModal } from './show-modal.ts'

const name = input('Name', { type: 'plain_text_input', action_id: 'value' })

async function openFor({ bot, tab }: Seat, view: JsonObject): Promise<void> {
  await openModal(bot, view)
  await tab.getByRole('dialog').waitFor()
}

describeInBrowser('modals', () => {
  useBrowser()

  test('take every kind of input', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    const names = ['shop', 'shop-new', 'billing']
    bot.app.options('value', async ({ ack, options }) => {
      const found = names.filter((one) => one.includes(options.value))
      await ack({ options: found.map((one) => ({ text: { type: 'plain_text', text: one }, value: one })) })
    })
    bot.app.view('everything', async ({ ack }) => ack())
    await openFor(seat, shownModal)
    const dialog = tab.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Shop')
    await dialog.getByRole('button', { name: 'Choose an endpoint' }).click()
    await tab.getByRole('option', { name: 'shop', exact: true }).click()
    await dialog.getByRole('button', { name: 'Schemas and tables' }).click()
    await tab.keyboard.type('shop')
    await tab.getByRole('option', { name: 'shop-new' }).click()
    // What was chosen stays while something else is searched for.
    await tab.getByRole('combobox').fill('bill')
    await tab.getByRole('option', { name: 'billing' }).click()
    await tab.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'Full copy and sync' }).click()
    await tab.getByRole('option', { name: 'Structure only' }).click()
    await dialog.getByLabel('Later').check()
    await dialog.getByLabel('Fence the source').check()
    await dialog.getByLabel('Day').fill('2031-01-02')
    await dialog.getByLabel('Hour').fill('08:15')
    await dialog.getByLabel('Window').fill('2031-01-02T08:15')
    await dialog.getByRole('button', { name: 'People' }).click()
    await tab.getByRole('option', { name: 'ben' }).click()
    await tab.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'Where' }).click()
    await tab.getByRole('option', { name: '#databases' }).click()
    await dialog.getByLabel('Note').fill('two\nlines')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(submissions(bot)).toMatchObject([
      {
        name: { value: { value: 'Shop' } },
        source: { value: { selected_option: { value: 'shop' } } },
        objects: { value: { selected_options: [{ value: 'shop-new' }, { value: 'billing' }] } },
        kind: { value: { selected_option: { value: 'structure' } } },
        start: { value: { selected_option: { value: 'later' } } },
        options: { value: { selected_options: [{ value: 'fence' }] } },
        day: { value: { selected_date: '2031-01-02' } },
        hour: { value: { selected_time: '08:15' } },
        window: { value: { selected_date_time: Date.UTC(2031, 0, 2, 8, 15) / 1000 } },
        approvers: { value: { selected_users: [bot.ben.id] } },
        channel: { value: { selected_conversation: bot.channel.id } },
        note: { value: { value: 'two\nlines' } },
      },
    ])
  })

  test('show at each field what is missing, and what the app says is wrong', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    bot.app.view('sample', async ({ ack }) => ack({ response_action: 'errors', errors: { name: 'Taken.' } }))
    const kind = { type: 'static_select', action_id: 'value', options: [option('Copy')] }
    await openFor(seat, modal(name, input('Kind', kind)))
    const dialog = tab.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Please complete this required field.').nth(1).waitFor()
    expect(submissions(bot)).toEqual([])
    await dialog.getByLabel('Name').fill('shop')
    await dialog.getByRole('button', { name: 'Select an item' }).click()
    await tab.getByRole('option', { name: 'Copy' }).click()
    await dialog.getByLabel('Name').press('Enter')
    await dialog.getByText('Taken.').waitFor()
    expect(await dialog.getByLabel('Name').inputValue()).toBe('shop')
    expect(await dialog.getByText('Please complete').count()).toBe(0)
  })

  test('say so when the app does not answer, and can be submitted again', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    bot.app.view('sample', async ({ ack }) => ack())
    await openFor(seat, modal(section('x')))
    const dialog = tab.getByRole('dialog')
    const appUrl = bot.slack.requestUrl
    bot.slack.deliverTo('http://127.0.0.1:1/slack/events')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expectShown(dialog.getByText('The app could not be reached'))
    bot.slack.deliverTo(appUrl)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'hidden' })
  })

  test('are updated while somebody types, and keep what was typed', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    await openFor(seat, modal(section('old'), name))
    const field = tab.getByRole('dialog').getByLabel('Name')
    // What is typed is on its way for long.
    const arrives = Promise.withResolvers<void>()
    await tab.route('**/act?*', async (route) => {
      await arrives.promise
      await route.continue()
    })
    await field.fill('half')
    await bot.app.client.views.update({
      view_id: bot.slack.as(bot.maya).modal()?.id ?? '',
      view: asView(modal(section('new'), { ...name, hint: plain('with a hint') })),
    })
    await tab.getByText('with a hint').waitFor()
    await tab.keyboard.type(' done')
    expect(await field.inputValue()).toBe('half done')
    bot.app.view('sample', async ({ ack }) => ack())
    await tab.keyboard.press('Enter')
    arrives.resolve()
    await tab.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(submissions(bot)).toMatchObject([{ name: { value: { value: 'half done' } } }])
  })

  test('are pushed onto each other, and left one by one', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    bot.app.action('more', async ({ ack, body, client }) => {
      await ack()
      const view = { ...modal(section('below')), title: plain('Second'), notify_on_close: true }
      if ('trigger_id' in body) await client.views.push({ trigger_id: body.trigger_id, view: asView(view) })
    })
    await openFor(seat, modal(actions(button('More'))))
    await tab.getByRole('button', { name: 'More' }).click()
    await tab.getByRole('dialog', { name: 'Second' }).waitFor()
    await tab.getByRole('button', { name: 'Back' }).click()
    await tab.getByRole('dialog', { name: 'Sample' }).waitFor()
    await bot.slack.untilDelivered(({ payload }) => payload.type === 'view_closed')
    await tab.keyboard.press('Escape')
    await tab.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(bot.slack.as(bot.maya).modal()).toBeUndefined()
  })

  test('hear of what is chosen at once where the app asked for it', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    bot.app.action('value', async ({ ack, client, body }) => {
      await ack()
      if ('view' in body && body.view !== undefined)
        await client.views.update({ view_id: body.view.id, view: asView(modal(section('chosen'), name)) })
    })
    const kind = { type: 'static_select', action_id: 'value', options: [option('Copy')] }
    await openFor(seat, modal(input('Kind', kind, { dispatch_action: true }), name))
    await tab.getByRole('dialog').getByLabel('Name').fill('kept')
    await tab.getByRole('button', { name: 'Select an item' }).click()
    await tab.getByRole('option', { name: 'Copy' }).click()
    await tab.getByText('chosen').waitFor()
    expect(await tab.getByRole('dialog').getByLabel('Name').inputValue()).toBe('kept')
  })
})
