/** Messages on the page, in a real browser. */
import { expect, test } from 'vitest'
import { asText } from '../../support/slack/json.ts'
import { actions, button, plain, section } from '../samples.ts'
import { describeInBrowser, expectShown, openPage, post, useBrowser, write } from './open-page.ts'
import { type BoltApp } from '../bolt-app.ts'
import { shownMessages } from './show-messages.ts'

/** One black pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
)

async function upload({ app, channel }: BoltApp, title: string, file: Buffer): Promise<void> {
  await app.client.filesUploadV2({ channel_id: channel.id, filename: 'file', title, file })
}

describeInBrowser('messages', () => {
  useBrowser()

  test('of every kind are drawn, and nothing in them is run or unknown', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    const troubles: string[] = []
    tab.on('pageerror', (error) => troubles.push(error.message))
    tab.on('dialog', (dialog) => troubles.push(dialog.message()))
    for (const blocks of Object.values(shownMessages)) await post(seat, ...blocks)
    await tab.locator('.block-image').waitFor()
    const kinds = await tab
      .locator('.block')
      .evaluateAll((blocks) => blocks.map(({ className }) => className))
    const wanted = Object.values(shownMessages).flatMap((blocks) => blocks.map((block) => asText(block.type)))
    expect(kinds).toEqual(wanted.map((type) => `block block-${type}`))
    expect(await tab.locator('.unknown').count()).toBe(0)
    expect(troubles).toEqual([])
    expect(bot.slack.messages(bot.channel)).toHaveLength(Object.keys(shownMessages).length)
  })

  test('show what they say: text, fields, tables, plans, charts', async () => {
    await using seat = await openPage('maya')
    const { tab } = seat
    for (const name of ['a card', 'a plan', 'a table', 'a chart'])
      await post(seat, ...(shownMessages[name] ?? []))
    await tab.getByRole('img', { name: /^Lag in the last hour: replay from 1 to 1; flush/ }).waitFor()
    expect(await tab.locator('.field').allInnerTexts()).toContain('Lag\n1.2 s · 340 kB')
    expect(await tab.getByRole('columnheader').allInnerTexts()).toEqual(['Table', 'Rows', 'Size', 'State'])
    expect(await tab.locator('.task-error').innerText()).toMatch(/^Cutover\nreplica identity is missing/)
    expect(await tab.locator('.chart polyline').count()).toBe(2)
    expect(await tab.locator('.chart polyline').first().getAttribute('points')).toMatch(
      /^(?:[\d.]+,[\d.]+ ?){10}$/,
    )
  })

  test('mention people only where Slack would', async () => {
    await using seat = await openPage('ben')
    const { tab, bot } = seat
    const text = `<@${bot.ben.id}> <@${bot.maya.id}> <!channel>`
    await post(seat, section(text), { type: 'section', text: plain(text) })
    await tab.locator('.mention').first().waitFor()
    expect(await tab.locator('.mention').allInnerTexts()).toEqual(['@ben', '@maya', '@channel'])
    expect(await tab.locator('.mention.me').allInnerTexts()).toEqual(['@ben', '@channel'])
    expect(await tab.locator('.block').nth(1).innerText()).toBe(text)
  })

  test('change in place, keep the keyboard where it is, and go', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    const { channel, app, slack } = bot
    const ts = await post(seat, section('first'), actions(button('Approve'), button('Reject')))
    await tab.getByRole('button', { name: 'Reject' }).focus()
    await app.client.apiCall('chat.update', {
      channel: channel.id,
      ts,
      text: 'x',
      blocks: [section('second'), ...slack.latestCard(channel).blocks.slice(1)],
    })
    await tab.getByText('second').waitFor()
    expect(await tab.getByText('first').count()).toBe(0)
    expect(await tab.evaluate('document.activeElement.innerText')).toBe('Reject')
    slack.deleteMessage(slack.latestCard(channel))
    await tab.getByText('second').waitFor({ state: 'detached' })
  })

  test('for one person are seen by that person alone, who may dismiss them', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    const { app, channel, maya, ben } = bot
    await app.client.chat.postEphemeral({ channel: channel.id, user: ben.id, text: 'for ben' })
    await app.client.chat.postEphemeral({ channel: channel.id, user: maya.id, text: 'for maya' })
    await tab.getByText('Only visible to you').waitFor()
    expect(await tab.locator('.message').allInnerTexts()).toEqual([expect.stringContaining('for maya')])
    await tab.getByRole('button', { name: 'Dismiss message' }).click()
    await tab.getByText('for maya').waitFor({ state: 'detached' })
    await tab.locator('[data-person=ben]').click()
    await tab.getByText('for ben').waitFor()
  })

  test('have files: pictures are shown, anything else can be saved', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    await upload(bot, 'Lag', png)
    await upload(bot, 'Report', Buffer.from('every row is equal'))
    // Loaded, and not only announced.
    await expect
      .poll(() => tab.evaluate('document.querySelector(".image img[alt=Lag]")?.naturalWidth'))
      .toBe(1)
    expect(await tab.locator('a.file').innerText()).toBe('Report\n18 B')
    const saving = tab.waitForEvent('download')
    await tab.locator('a.file').click()
    expect((await saving).suggestedFilename()).toBe('file')
  })

  test('at the end stay in sight when a picture loads below them, and others where they are', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    for (const name of ['a card', 'a plan', 'a table', 'a chart']) await post(seat, ...shownMessages[name]!)
    await tab.locator('.chart').waitFor()
    const loads = Promise.withResolvers<void>()
    await tab.route('**/files/*', async (route) => {
      await loads.promise
      // As high as a picture in a message is shown.
      const body = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"/>'
      await route.fulfill({ contentType: 'image/svg+xml', body })
    })
    await upload(bot, 'Lag', png)
    await tab.locator('.image figcaption').waitFor()
    loads.resolve()
    await expect
      .poll(() => tab.evaluate('document.querySelector(".image img[alt=Lag]")?.naturalHeight'))
      .toBe(400)
    const list = 'document.querySelector("main .messages")'
    const below = `${list}.scrollHeight - ${list}.scrollTop - ${list}.clientHeight`
    await expect.poll(() => tab.evaluate(below)).toBeLessThan(2)
    // Whoever reads further up is left there.
    await tab.evaluate(`${list}.scrollTop = 10`)
    await post(seat, section('news'))
    await tab.getByText('news', { exact: true }).waitFor()
    expect(await tab.evaluate(`${list}.scrollTop`)).toBe(10)
  })

  test('that were changed say so', async () => {
    await using seat = await openPage('maya')
    const { client } = seat.bot.app
    const channel = seat.bot.channel.id
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'first' })
    await client.chat.update({ channel, ts, text: 'second' })
    await expectShown(seat.tab.getByText('second (edited)'))
  })

  test('have threads, in a panel of their own, where commands do not work', async () => {
    await using seat = await openPage('maya')
    const { tab, bot } = seat
    const ts = await post(seat, section('the card'))
    await bot.app.client.chat.postMessage({ channel: bot.channel.id, thread_ts: ts, text: 'copy began' })
    await tab.getByRole('button', { name: /1 reply/ }).click()
    const thread = tab.getByRole('complementary', { name: 'Thread' })
    await thread.getByText('copy began').waitFor()
    const reply = thread.getByLabel('Reply…')
    await reply.fill('thanks')
    await reply.press('Enter')
    await thread.getByText('thanks').waitFor()
    expect(bot.slack.thread(bot.slack.latestCard(bot.channel))).toMatchObject([{}, { text: 'thanks' }])
    await reply.fill('/migrate list')
    await reply.press('Enter')
    await tab.getByRole('alert').getByText('not supported in threads').waitFor()
    await reply.press('Escape')
    await thread.waitFor({ state: 'hidden' })
  })

  test('of a person of another company are marked so', async () => {
    await using seat = await openPage('olga')
    await write(seat, 'hello from outside')
    await seat.tab.locator('[data-person=maya]').click()
    const message = seat.tab.locator('.message', { hasText: 'hello from outside' })
    await expectShown(message.getByText('Partner'))
  })

  test('are counted in the sidebar while nobody reads them', async () => {
    await using seat = await openPage('maya')
    const { bot, tab } = seat
    const other = bot.slack.addChannel(bot.workspace, 'other', { members: [bot.maya] })
    await bot.app.client.chat.postMessage({ channel: other.id, text: 'look here' })
    await tab.getByLabel('1 unread').waitFor()
    await tab.getByRole('button', { name: /other/ }).click()
    await tab.getByText('look here').waitFor()
    expect(await tab.getByLabel('1 unread').count()).toBe(0)
  })
})
