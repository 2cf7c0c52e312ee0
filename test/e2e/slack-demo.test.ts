/** A newcomer's whole path through the demo with the simulated Slack, in a real browser. */
import { createServer } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { findBrowser, howToGetBrowser, launchBrowser } from '../support/browser.ts'
import { listenOnLoopback } from '../support/listen.ts'
import { type DemoProcess, startDemo } from './demo-process.ts'

/** For each wait: a busy machine may take its time. */
const patienceMs = 90_000
const timeoutMs = 5 * patienceMs

const isThere = findBrowser() !== undefined
if (!isThere) console.warn(`The test of the demo in Slack is skipped: ${howToGetBrowser}`)

/** The page as it first opens, once the demo says where it is. */
async function openPage(demo: DemoProcess, stack: AsyncDisposableStack): Promise<Page> {
  const [, url = ''] = await demo.until(/Open (http:\S+)/, patienceMs)
  const browser = await launchBrowser()
  stack.defer(() => browser.close())
  const tab = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  tab.setDefaultTimeout(patienceMs)
  await tab.goto(url)
  return tab
}

/** What a person does on the page, by what stands on it. */
function newcomer(tab: Page) {
  const dialog = (title: string | RegExp) => tab.getByRole('dialog', { name: title })
  return {
    type: async (command: string) => {
      const field = tab.getByLabel('Message #databases')
      await field.fill(command)
      await field.press('Enter')
    },
    /** For the first menu in which nothing is chosen yet. */
    choose: async (name: string) => {
      await dialog('New migration').getByRole('button', { name: 'Search endpoints' }).first().click()
      await tab.getByRole('option', { name }).click()
    },
    press: (name: string | RegExp) => tab.getByRole('button', { name }).last().click(),
    answer: (title: string | RegExp, name: string) =>
      dialog(title).getByRole('button', { name, exact: true }).click(),
    become: async (name: string) => {
      await tab.locator(`[data-person=${name}]`).click()
      await tab.getByRole('radio', { name: new RegExp(name, 'i'), checked: true }).waitFor()
    },
    sees: (text: string | RegExp) => tab.getByText(text).last().waitFor(),
  }
}

/** From the first command to the report. */
async function moveTheShop(tab: Page): Promise<void> {
  const { type, choose, press, answer, become, sees } = newcomer(tab)
  await type('/migrate new')
  await choose('shop on 15')
  await choose('shop on 18')
  await answer('New migration', 'Create')
  await press(/^Show checks/)
  await sees(/identified by whole rows/)
  await press(/^Start/)
  await answer(/^Start with 1 warning/, 'Accept and start')
  await press(/^Plan cutover/)
  await answer('Plan the cutover', 'Plan')

  // Who has asked for it cannot approve it.
  await press(/^Approve/)
  await answer('Approve this cutover?', 'Approve')
  await sees('Who can approve')
  await become('ben')
  await press(/^Approve/)
  await answer('Approve this cutover?', 'Approve')
  await become('maya')
  await press(/^Complete now/)
  await answer('Cut over to the target now?', 'Complete now')

  await tab.getByRole('heading', { name: 'Migration complete' }).waitFor()
  const card = tab.getByRole('article').filter({ hasText: 'Use the target from now on' })
  await card.getByText('Completed').waitFor()
  await card.getByRole('button', { name: 'Show report' }).click()
  await sees('All 38 tables have the same number of rows')
}

/** An error says what was on the page instead. */
async function tellWhatIsShown(tab: Page, error: unknown): Promise<Error> {
  const shown = await tab.locator('body').innerText().catch(String)
  return new Error(`${String(error)}\nOn the page:\n${shown}`, { cause: error })
}

test.skipIf(!isThere)(
  'a newcomer moves the shop by what stands on the page, while it is written to',
  async () => {
    await using stack = new AsyncDisposableStack()
    const demo = stack.use(startDemo('--slack', '--size', '20', '--rate', '50'))
    const tab = await openPage(demo, stack)
    try {
      await moveTheShop(tab)
    } catch (error) {
      throw await tellWhatIsShown(tab, error)
    }
    await demo.until(/^ *Its own count +[1-9][^]*^ *Differences +0$/m, patienceMs)
    expect(await demo.ended('SIGINT')).toBe(0)
    await expect(fetch(tab.url())).rejects.toThrow('fetch failed')
  },
  timeoutMs,
)

test('a port that is taken is told at once, with what to do', async () => {
  await using server = createServer()
  const port = await listenOnLoopback(server)
  await using demo = startDemo('--slack', '--port', String(port))
  expect(await demo.ended()).toBe(1)
  expect(demo.output()).toMatch(new RegExp(`port ${port} \\(EADDRINUSE\\)[^]*--port`))
})
