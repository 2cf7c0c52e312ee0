/**
 * Takes the pictures of docs/slack.md anew, with the views as they are now and the data of their samples:
 *
 *     npx node test/bot/views/take-screenshots.ts [folder] [names …]
 *
 * Needs Chromium. Each picture shows one message, modal or Home, as the page of the simulated Slack draws it.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { View } from '@slack/types'
import type { Locator, Page } from 'playwright-core'
import {
  type CutoverOptions,
  cutoverMessage,
  escalationMessage,
  type SlackMessage,
} from '../../../bot/views/index.ts'
import { launchBrowser } from '../../support/browser.ts'
import { startSlackPage } from '../../support/slack/index.ts'
import { type BoltApp, startBolt } from '../../slack/bolt-app.ts'
import { everyMessage } from './every-message.ts'
import { everyView } from './every-view.ts'
import { now } from './samples.ts'
import { cutovers } from './samples-of-cutovers.ts'
import { alarms } from './samples-of-messages.ts'

const [folder = fileURLToPath(new URL('../../../docs/images/slack', import.meta.url)), ...wanted] =
  process.argv.slice(2)

/** The names of those that are for the eyes of one person. */
const forOnePerson =
  /^(verify|progress|lag|report|comparison|clean-up|list|endpoints|endpoint-created|refusal|whoami|help|unknown)/

type Shot = (bot: BoltApp) => { readonly message: SlackMessage } | { readonly view: View }

const asIs = <T>(data: T): T => data
const messageOf =
  (name: string): Shot =>
  () => ({ message: found(everyMessage, name)(asIs) })
const viewOf =
  (name: string): Shot =>
  () => ({ view: found(everyView, name)(asIs) })
const namesMaya = ({ maya }: BoltApp) => ({
  mentions: [{ kind: 'user', id: maya.id }] as const,
  cardUrl: 'https://example.slack.com/archives/C1/p1',
})
const approversOf = ({ ben }: BoltApp): CutoverOptions => ({
  approvers: [{ kind: 'user', id: ben.id }],
  workspaceId: ben.workspaceId,
})

function firstOf(prefix: string): string {
  return Object.keys(everyMessage).find((name) => name.startsWith(prefix)) ?? prefix
}

function found<T>(all: Readonly<Record<string, T>>, name: string): T {
  const it = all[name]
  if (it === undefined) throw new Error(`there is no ${name}`)
  return it
}

/** By the name of its file: what is shown in the docs. */
const shots: Readonly<Record<string, Shot>> = {
  'card-draft': messageOf('card.draft'),
  'card-ready': messageOf('card.ready-with-warnings'),
  'card-scheduled': messageOf('card.scheduled'),
  'card-copying': messageOf('card.copying'),
  'card-following': messageOf('card.following-with-alarm'),
  'card-approved': messageOf('card.cutover-approved'),
  'card-paused': messageOf('card.paused'),
  'card-failed': messageOf('card.failed'),
  'card-completed': messageOf('card.completed'),
  'verify-passed': messageOf('verify.warned'),
  'verify-failed': messageOf('verify.failed'),
  progress: messageOf('progress.copying'),
  lag: messageOf('lag.measured'),
  'alarm-firing': messageOf('alarm.firing'),
  'alarm-acknowledged': messageOf('alarm.acknowledged'),
  'alarm-resolved': messageOf('alarm.resolved'),
  'alarm-escalated': messageOf('alarm.escalated'),
  escalation: (bot) => ({ message: escalationMessage(found(alarms, 'escalated'), namesMaya(bot)) }),
  'cutover-ready': (bot) => ({ message: cutoverMessage(found(cutovers, 'pending'), approversOf(bot)) }),
  'cutover-approved': messageOf('cutover.approved'),
  'cutover-rejected': messageOf('cutover.rejected'),
  completed: messageOf('completed.completed'),
  report: messageOf('report.completed'),
  comparison: messageOf('comparison.completed'),
  'clean-up': messageOf('clean-up.completed'),
  failed: messageOf('failed.failed'),
  thread: messageOf('thread.events'),
  list: messageOf('list.some'),
  endpoints: messageOf('endpoints.some'),
  'endpoint-created': messageOf('endpoint-created.endpoint'),
  whoami: messageOf(firstOf('whoami.')),
  help: messageOf('help.all'),
  refusal: messageOf('refusal.by-the-api'),
  'refusal-password': messageOf('refusal.password'),
  'unknown-verb': messageOf('unknown-verb.near'),
  home: viewOf('home'),
  'modal-new-migration': viewOf('modal.new-migration.prefilled'),
  'modal-new-endpoint': viewOf('modal.new-endpoint'),
  'modal-schedule': viewOf('modal.schedule.with-warnings'),
  'modal-cancel': viewOf('modal.cancel'),
  'modal-mute': viewOf('modal.mute'),
  'modal-plan-cutover': viewOf('modal.plan-cutover'),
  'modal-reject': viewOf('modal.reject'),
  'modal-break-glass': viewOf('modal.break-glass'),
}

/** Ids of the samples become those of people and channels that are there, and the clock is Maya’s. */
function settle<T>(value: T, { maya, ben, channel }: BoltApp): T {
  const text = JSON.stringify(value)
    .replaceAll('U045EF6GH', ben.id)
    .replaceAll('C012AB3CD', channel.id)
    .replaceAll('Europe/Berlin', maya.timeZone)
  const settled: T = JSON.parse(text)
  return settled
}

async function show(bot: BoltApp, tab: Page, name: string, shot: Shot): Promise<Locator> {
  const shown = shot(bot)
  if ('message' in shown) return showMessage(bot, tab, name, shown.message)
  const view = settle(shown.view, bot)
  if (view.type === 'home') {
    await bot.app.client.views.publish({ user_id: bot.maya.id, view })
    await tab.getByRole('button', { name: 'Godwit' }).click()
    return tab.locator('.home')
  }
  nextView = view
  await bot.slack.as(bot.maya).type(bot.channel, '/migrate')
  return tab.getByRole('dialog')
}

/** Nothing of what is around, and nothing that has to be scrolled to. */
const styles = `
  dialog { border-radius: 0 !important; box-shadow: none !important }
  .modal { max-height: none !important }
  .home { flex: none !important; height: auto !important }`

/** What the next command opens. */
let nextView: View | undefined

async function showMessage(bot: BoltApp, tab: Page, name: string, message: SlackMessage): Promise<Locator> {
  const { app, channel, maya } = bot
  const { text, blocks } = settle(message, bot)
  const post = { channel: channel.id, text, blocks: [...blocks] }
  if (forOnePerson.test(name)) await app.client.chat.postEphemeral({ ...post, user: maya.id })
  else await app.client.chat.postMessage(post)
  return tab.getByRole('article').last()
}

async function main(): Promise<void> {
  // The data of the samples is of one moment: times are shown as they were then.
  Date.now = () => now.getTime()
  await using stack = new AsyncDisposableStack()
  const bot = stack.use(await startBolt('http', { slack: { app: { name: 'Godwit' } } }))
  bot.app.command('/migrate', async ({ ack, client, body }) => {
    await ack()
    if (nextView?.type === 'modal') await client.views.open({ trigger_id: body.trigger_id, view: nextView })
  })
  const page = stack.use(await startSlackPage(bot.slack, { people: [{ user: bot.maya, role: 'asks' }] }))
  const browser = await launchBrowser()
  stack.defer(() => browser.close())
  await mkdir(folder, { recursive: true })
  for (const [name, shot] of Object.entries(shots)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const context = await browser.newContext({
      viewport: { width: 980, height: 1600 },
      deviceScaleFactor: 1.25,
      // For the styles.
      bypassCSP: true,
    })
    const tab = await context.newPage()
    await tab.clock.setFixedTime(now)
    await tab.goto(page.urlFor(bot.maya, bot.channel))
    await tab.addStyleTag({ content: styles })
    await tab.getByRole('log', { name: 'Messages' }).waitFor()
    const located = await show(bot, tab, name, shot)
    await located.waitFor()
    await tab.mouse.move(0, 0)
    // The first field has the keyboard, and would look as if it meant something.
    await tab.evaluate('document.activeElement?.blur()')
    await located.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
    await bot.slack
      .as(bot.maya)
      .closeModal()
      .catch(() => undefined)
    for (const message of bot.slack.messages(bot.channel)) bot.slack.deleteMessage(message)
    for (const message of bot.slack.ephemerals(bot.maya)) bot.slack.as(bot.maya).dismiss(message)
    await context.close()
    process.stdout.write(`${name}\n`)
  }
}

await main()
