/**
 * The page of the simulated Slack in a real browser, as one of its people:
 *
 *     describeInBrowser('…', () => {
 *       useBrowser()
 *       …
 *     await using seat = await openPage('maya')
 *     await seat.bot.app.client.chat.postMessage(…)
 *     await seat.tab.getByText('…').waitFor()
 */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, describe, vi } from 'vitest'
import { findBrowser, howToGetBrowser, launchBrowser } from '../../support/browser.ts'
import {
  type CommandHint,
  type JsonObject,
  type SlackPage,
  startSlackPage,
} from '../../support/slack/index.ts'
import { type BoltApp, startBolt } from '../bolt-app.ts'
import { asBlock } from '../samples.ts'

export interface Seat extends AsyncDisposable {
  readonly bot: BoltApp
  readonly page: SlackPage
  readonly tab: Page
}

// A browser that starts on a busy machine needs patience.
const patienceMs = 60_000

const isThere = findBrowser() !== undefined
let browser: Promise<Browser> | undefined

/** `describe` for what needs a browser: skipped without one. */
export const describeInBrowser = isThere ? describe : describe.skip

/** Gives the tests around one browser, which is closed with them. */
export function useBrowser(): void {
  vi.setConfig({ testTimeout: 2 * patienceMs, hookTimeout: patienceMs })
  afterAll(async () => {
    const opened = browser
    browser = undefined
    await (await opened)?.close()
  })
}

if (!isThere) console.warn(`The tests of the page in a browser are skipped: ${howToGetBrowser}`)

const hints: readonly CommandHint[] = [
  { typed: '/migrate new', does: 'Create a migration' },
  { typed: '/migrate list', does: 'See what runs' },
]

/** Maya asks for migrations, Ben approves them, both in #databases; Olga is of another company. */
export async function openPage(as: 'maya' | 'ben' | 'olga'): Promise<Seat> {
  const bot = await startBolt('http')
  const { slack, maya, ben, channel } = bot
  const olga = slack.addUser(slack.addWorkspace({ domain: 'partner', name: 'Partner' }), 'olga')
  slack.invite(channel, olga)
  const page = await startSlackPage(slack, {
    hints,
    people: [
      { user: maya, role: 'asks' },
      { user: ben, role: 'approves' },
      { user: olga, role: 'is not of this company' },
    ],
  })
  browser ??= launchBrowser()
  const context = await (await browser).newContext({ viewport: { width: 1200, height: 800 } })
  context.setDefaultTimeout(patienceMs)
  const tab = await context.newPage()
  await tab.goto(page.urlFor({ maya, ben, olga }[as], channel))
  await tab.getByRole('log', { name: 'Messages' }).waitFor()
  return {
    bot,
    page,
    tab,
    [Symbol.asyncDispose]: async () => {
      await context.close()
      await page[Symbol.asyncDispose]()
      await bot[Symbol.asyncDispose]()
    },
  }
}

/** Writes into the composer of the channel, and sends it. */
export async function write({ tab }: Seat, text: string): Promise<void> {
  const field = tab.getByLabel('Message #databases')
  await field.fill(text)
  await field.press('Enter')
}

/** Posts blocks as the app does; returns the ts. */
export async function post({ bot }: Seat, ...blocks: readonly JsonObject[]): Promise<string> {
  const { ts = '' } = await bot.app.client.chat.postMessage({
    channel: bot.channel.id,
    text: 'the fallback',
    blocks: blocks.map(asBlock),
  })
  return ts
}

/** Waits until it is on the screen. */
export async function expectShown(locator: Locator): Promise<void> {
  await locator.waitFor()
}
