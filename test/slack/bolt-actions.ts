import type { JsonObject, View } from '../support/slack/index.ts'
import type { BoltApp } from './bolt-app.ts'
import { asView } from './samples.ts'

/** Posts a message of the app with these blocks. */
export async function postCard({ app, channel }: BoltApp, ...blocks: JsonObject[]): Promise<void> {
  await app.client.apiCall('chat.postMessage', { channel: channel.id, text: 'card', blocks })
}

/** Opens a modal for Maya, by a shortcut. */
export async function openModal({ app, slack, maya }: BoltApp, view: JsonObject): Promise<View> {
  app.shortcut('open', async ({ ack, client, shortcut }) => {
    await ack()
    await client.views.open({ trigger_id: shortcut.trigger_id, view: asView(view) })
  })
  await slack.as(maya).shortcut('open')
  return slack.waitForModal(maya)
}

/** What was submitted so far: the values of the state. */
export function submissions({ slack }: BoltApp): unknown[] {
  return slack.deliveries
    .map(({ payload }) => payload)
    .filter(({ type }) => type === 'view_submission')
    .map(({ view }) => view)
    .map((view) => (isObject(view) && isObject(view.state) ? view.state.values : undefined))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Of an answer `{ ok: false }` that Bolt's client turned into an error. */
export function errorCode(error: unknown): string {
  const data = isObject(error) ? error.data : undefined
  return isObject(data) ? String(data.error) : String(error)
}
