import { asText, type JsonObject } from '../json.ts'
import type { Installation } from '../state/model.ts'
import type { World } from '../state/world.ts'
import type { Delivered, Retry } from './delivery.ts'
import type { Dispatcher } from './dispatcher.ts'

/** At once, after a minute, after five (https://docs.slack.dev/apis/events-api). */
const retryAfterMs = [0, 60_000, 5 * 60_000]

/**
 * Sends an event to the app if it subscribed to its type; again, up to three times, while it is not acknowledged.
 * @returns the first attempt; undefined when the app did not subscribe
 */
export async function sendEvent(
  world: World,
  dispatcher: Dispatcher,
  installation: Installation,
  event: JsonObject,
): Promise<Delivered | undefined> {
  if (!world.app.events.includes(asText(event.type))) return undefined
  const payload = envelope(world, installation, event)
  const attempt = async (retry?: Retry): Promise<Delivered> => {
    const delivered = await dispatcher.deliver({
      kind: 'events_api',
      payload,
      ...(retry === undefined ? {} : { retry }),
    })
    const { outcome } = delivered
    const next = retry?.number ?? 0
    const delayMs = retryAfterMs[next]
    if (!outcome.acknowledged && outcome.noRetry !== true && delayMs !== undefined)
      world.clock.after(delayMs, () => void attempt({ number: next + 1, reason: outcome.reason }))
    return delivered
  }
  return attempt()
}

function envelope(world: World, installation: Installation, event: JsonObject): JsonObject {
  const { workspaceId, botUserId } = installation
  return {
    token: world.app.verificationToken,
    team_id: workspaceId,
    context_team_id: workspaceId,
    api_app_id: world.app.appId,
    event: { ...event, event_ts: `${world.clock.nowS()}.000100` },
    type: 'event_callback',
    event_id: world.ids.next('Ev'),
    event_time: world.clock.nowS(),
    authorizations: [
      {
        enterprise_id: null,
        team_id: workspaceId,
        user_id: botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  }
}
