/**
 * A Slack that is not Slack: a local server, strict as the real one, and people who use it. It listens on the
 * loopback interface and speaks the Web API, signed HTTP requests, Socket Mode and OAuth.
 *
 *     await using slack = await startSlack({ app: { commands: ['/migrate'] } })
 *     const workspace = slack.addWorkspace()
 *     const { accessToken } = slack.install(workspace)
 *     const maya = slack.addUser(workspace, 'maya')
 *     const channel = slack.addChannel(workspace, 'databases', { members: [maya] })
 *
 *     const app = new App({
 *       token: accessToken,
 *       signingSecret: slack.app.signingSecret,       // or socketMode: true, appToken: slack.app.appToken
 *       clientOptions: { slackApiUrl: slack.apiUrl },
 *     })
 *     slack.deliverTo('http://127.0.0.1:3000/slack/events') // not with Socket Mode
 *
 *     await slack.as(maya).type(channel, '/migrate new')
 *     const modal = await slack.waitForModal(maya)
 *     await slack.as(maya).submit(modal, { Source: 'shop' })
 *     await slack.as(maya).click(slack.latestCard(channel), 'Approve', { confirm: true })
 *
 * A person can do only what Slack's client lets them do: a button that is gone, a required input that is empty, a
 * channel that they are not in are a SlackClientError. What the app does wrong is answered as Slack answers it, and
 * told to the person (`Interaction.error`).
 *
 * - `slack.clock.advance(ms)` moves Slack's time: trigger ids (3 s), response URLs (30 min), retries, tokens.
 * - `slack.faults.inject({ method: 'chat.update', times: 3, answer: { kind: 'rate limited', retryAfterS: 1 } })`
 * - `slack.replay(slack.deliveries.at(-1), { timestampOffsetS: 600 })`
 * - `slack.sockets.disconnect('refresh_requested')`, `slack.sockets.drop()`
 * - `slack.calls` is the log of every call of the app.
 * - `startSlackPage(slack)` serves a page in which somebody can be one of the people.
 * - `mentionsIn(message)` says whom a message would ping.
 * - `validateBlocks` and `validateView` say what Slack would refuse, also without a server.
 */
import { Slack, type SlackOptions } from './simulator.ts'

export async function startSlack(options: SlackOptions = {}): Promise<Slack> {
  return Slack.start(options)
}

export type { Slack, SlackOptions } from './simulator.ts'
export type { Delivery, Outcome } from './delivery/delivery.ts'
export type { Interaction } from './driver/stage.ts'
export type { Person } from './driver/person.ts'
export type { Fault, FaultAnswer } from './web-api/faults.ts'
export type { Json, JsonObject } from './json.ts'
export type { ApiCall, Channel, Message, User, View, Workspace } from './state/model.ts'
export { startSlackPage } from './page/index.ts'
export type { CommandHint, SlackPage, SlackPageOptions } from './page/index.ts'
export { mentionsIn } from './driver/mentions.ts'
export { SlackClientError } from './errors.ts'
export { limits } from './limits/numbers.ts'
export { textLengthOf, validateBlocks } from './limits/validate-message.ts'
export { validateView } from './limits/validate-view.ts'
