/** What people do on the page, in a real browser: it arrives at the app as in Slack. */
import { expect, test } from 'vitest'
import type { JsonObject } from '../../support/slack/index.ts'
import { asView, actions, button, confirmDialog, option, plain, section } from '../samples.ts'
import { describeInBrowser, expectShown, openPage, post, type Seat, useBrowser, write } from './open-page.ts'

/** Acknowledges everything, and notes what was done with which element. */
function noteActions({ bot }: Seat): JsonObject[] {
  const seen: JsonObject[] = []
  bot.app.action(/.*/, async ({ ack }) => {
    await ack()
    const { payload } = bot.slack.deliveries.at(-1)!
    const [action] = Array.isArray(payload.actions) ? payload.actions : []
    seen.push(JSON.parse(JSON.stringify(action)))
  })
  return seen
}

describeInBrowser('what people do', () => {
  useBrowser()

  test('a command is offered, completed with Tab, and answered', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    bot.app.command('/migrate', async ({ ack, command }) => ack(`${command.user_name} wants ${command.text}`))
    const field = tab.getByLabel('Message #databases')
    await field.fill('/mig')
    expect(await tab.getByRole('option').allInnerTexts()).toEqual([
      expect.stringContaining('/migrate new'),
      expect.stringContaining('/migrate list'),
    ])
    await field.press('ArrowDown')
    await field.press('ArrowDown')
    await field.press('Tab')
    expect(await field.inputValue()).toBe('/migrate list')
    await field.press('Enter')
    await tab.getByText('maya wants list').waitFor()
    expect(await field.inputValue()).toBe('')
  })

  test('a command that the app does not answer is told by Slackbot; one that there is not, by the client', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    bot.slack.deliverTo('http://127.0.0.1:1/slack/events')
    await write(seat, '/migrate list')
    await tab.getByText('/migrate failed with the error "dispatch_failed"').waitFor()
    await write(seat, '/destroy')
    await tab.getByRole('alert').getByText('/destroy is not a valid command').waitFor()
    // What was typed is not lost.
    expect(await tab.getByLabel('Message #databases').inputValue()).toBe('/destroy')
  })

  test('what is written is said', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    await write(seat, 'ready, *all*?')
    await tab.locator('.message b', { hasText: 'all' }).waitFor()
    expect(bot.slack.latestMessage(bot.channel)).toMatchObject({ userId: bot.maya.id, text: 'ready, *all*?' })
  })

  test('a button is clicked, after its question was answered with yes', async () => {
    await using seat = await openPage('ben')
    const { tab, bot } = seat
    const seen = noteActions(seat)
    await post(
      seat,
      actions(button('Approve', { value: 'm1', confirm: confirmDialog }), button('Wait', { value: 'm1' })),
    )
    await tab.getByRole('button', { name: 'Approve' }).click()
    await tab.getByRole('dialog', { name: 'Sure?' }).getByText('Writes stop.').waitFor()
    await tab.getByRole('button', { name: 'Back' }).click()
    await tab.getByRole('button', { name: 'Wait' }).click()
    await bot.slack.until('the click', () => seen[0])
    await tab.getByRole('button', { name: 'Approve' }).click()
    await tab.getByRole('button', { name: 'Go', exact: true }).click()
    await bot.slack.untilDelivered(({ payload }) => JSON.stringify(payload).includes('"approve"'))
    expect(seen).toMatchObject([
      { action_id: 'wait', value: 'm1' },
      { action_id: 'approve', value: 'm1' },
    ])
    expect(bot.slack.deliveries.at(-1)?.payload).toMatchObject({ user: { id: bot.ben.id } })
  })

  test('a click that the app does not answer is told', async () => {
    await using seat = await openPage('ben')
    await post(seat, actions(button('Approve')))
    seat.bot.slack.deliverTo('http://127.0.0.1:1/slack/events')
    await seat.tab.getByRole('button', { name: 'Approve' }).click()
    await expectShown(seat.tab.getByRole('alert').getByText('The app could not be reached'))
  })

  test('menus of messages are used with the keyboard', async () => {
    await using seat = await openPage('ben')
    const { tab, bot } = seat
    const seen = noteActions(seat)
    await post(seat, {
      ...section('Tables'),
      accessory: {
        type: 'overflow',
        action_id: 'more',
        options: [option('Plan', 'p'), option('Cancel', 'c')],
      },
    })
    await post(
      seat,
      actions({
        type: 'static_select',
        action_id: 'sort',
        placeholder: plain('Sort by'),
        options: [option('Name', 'n'), option('Size', 's')],
      }),
    )
    await tab.getByRole('button', { name: 'More actions' }).press('Enter')
    await tab.keyboard.press('ArrowDown')
    await tab.keyboard.press('Enter')
    await bot.slack.until('the first choice', () => seen[0])
    await tab.getByRole('button', { name: 'Sort by' }).press('Enter')
    await tab.keyboard.type('siz')
    await tab.getByRole('option', { name: 'Name' }).waitFor({ state: 'detached' })
    await tab.keyboard.press('Enter')
    await bot.slack.until('the second choice', () => seen[1])
    expect(seen).toMatchObject([
      { action_id: 'more', selected_option: { value: 'c' } },
      { action_id: 'sort', selected_option: { value: 's' } },
    ])
  })

  test('another person goes on where the first was, and sees only what is theirs', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    await write(seat, 'please approve')
    await tab.locator('[data-person=ben]').click()
    await tab.getByRole('radio', { name: /ben/, checked: true }).waitFor()
    await write(seat, 'done')
    await tab.getByText('done').waitFor()
    expect(bot.slack.messages(bot.channel)).toMatchObject([{ userId: bot.maya.id }, { userId: bot.ben.id }])
    await tab.locator('[data-person=olga]').click()
    await tab.getByRole('radio', { name: /olga/, checked: true }).waitFor()
    await write(seat, '/migrate list')
    await tab.getByRole('alert').getByText('not a valid command').waitFor()
  })

  test('a reload leads to the same person in the same place', async () => {
    await using seat = await openPage('maya')
    const { bot, tab } = seat
    const other = bot.slack.addChannel(bot.workspace, 'other', { members: [bot.ben] })
    bot.slack.as(bot.ben).say(other, 'look here')
    await tab.locator('[data-person=ben]').click()
    await tab.getByRole('button', { name: /other/ }).click()
    await tab.getByText('look here').waitFor()
    await tab.reload()
    await tab.getByText('look here').waitFor()
    expect(await tab.getByRole('radio', { name: /ben/ }).isChecked()).toBe(true)
  })

  test('opening the Home of the app tells the app, which publishes it', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    const seen = noteActions(seat)
    bot.app.event('app_home_opened', async ({ client, event }) => {
      const view = { type: 'home', blocks: [section('Two things wait for you.'), actions(button('Show'))] }
      await client.views.publish({ user_id: event.user, view: asView(view) })
    })
    await tab.getByRole('button', { name: 'godwit' }).click()
    await tab.getByText('Two things wait for you.').waitFor()
    await tab.getByRole('button', { name: 'Show' }).click()
    await bot.slack.until('the click', () => seen[0])
    await tab.getByRole('tab', { name: 'Messages' }).click()
    await bot.app.client.chat.postMessage({ channel: bot.maya.id, text: 'a direct message' })
    await tab.getByText('a direct message').hover()
    await tab.getByRole('button', { name: 'Reply in thread' }).click()
    const thread = tab.getByRole('complementary', { name: 'Thread' })
    await expectShown(thread.getByText('a direct message'))
  })

  test('a narrow window has the channels and people behind a button', async () => {
    await using seat = await openPage('maya')
    const { tab } = seat
    await tab.setViewportSize({ width: 400, height: 700 })
    const ben = tab.locator('[data-person=ben]')
    await ben.waitFor({ state: 'hidden' })
    await tab.getByRole('button', { name: 'Channels and people' }).click()
    await ben.click()
    await ben.waitFor({ state: 'hidden' })
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(400)
  })
})
