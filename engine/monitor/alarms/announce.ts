import type { EventPayload, EventType, NewEvent } from '../../ports/events.ts'
import { isOpen, type Episode } from './episode.ts'
import { alarmCatalog } from './kinds.ts'

/** What the event log is to be told. */
export type Announcement = 'FIRING' | 'ESCALATED' | 'RESOLVED'

export interface AnnouncementPolicy {
  readonly muted: boolean
  readonly escalateAfterMs: number
  readonly now: Date
}

/**
 * What has to be said so that the log is right again; null when it is. Nothing is said while muted: what changed
 * meanwhile, and still is so, is said when the mute ends. One that nobody acknowledges is announced once more.
 */
export function announcementOf(
  episode: Episode,
  { muted, escalateAfterMs, now }: AnnouncementPolicy,
): Announcement | null {
  if (muted) return null
  const { state, announced, announcedAt, escalatedAt } = episode
  if (!isOpen(episode)) return announced === 'FIRING' ? 'RESOLVED' : null
  if (state !== 'FIRING') return null
  if (announced !== 'FIRING') return 'FIRING'
  const isLate = announcedAt !== null && now.getTime() - announcedAt.getTime() >= escalateAfterMs
  return isLate && escalatedAt === null ? 'ESCALATED' : null
}

/** The episode once that is said. */
export function afterAnnouncement<E extends Episode>(episode: E, announcement: Announcement, now: Date): E {
  if (announcement === 'ESCALATED') return { ...episode, escalatedAt: now }
  if (announcement === 'RESOLVED') return { ...episode, announced: 'RESOLVED' }
  return { ...episode, announced: 'FIRING', announcedAt: now }
}

const eventTypeOf = {
  FIRING: 'ALARM_FIRING',
  ESCALATED: 'ALARM_ESCALATED',
  RESOLVED: 'ALARM_RESOLVED',
  ACKNOWLEDGED: 'ALARM_ACKNOWLEDGED',
} as const satisfies Record<Announcement | 'ACKNOWLEDGED', EventType>

/** How the log says it. `details` goes into the payload besides. */
export function alarmEvent(
  said: keyof typeof eventTypeOf,
  alarm: Episode & { readonly id: string },
  details: EventPayload = {},
): NewEvent {
  const { severity, unit } = alarmCatalog[alarm.kind]
  return {
    type: eventTypeOf[said],
    message: `${alarm.kind}: ${sentenceOf(said, alarm)}`,
    payload: {
      alarmId: alarm.id,
      kind: alarm.kind,
      severity,
      value: alarm.value,
      peak: alarm.peak,
      threshold: alarm.threshold,
      unit,
      openedAt: alarm.openedAt.toISOString(),
      reopenings: alarm.reopenings,
      ...details,
    },
  }
}

function sentenceOf(said: keyof typeof eventTypeOf, { message, resolution, reopenings }: Episode): string {
  if (said === 'RESOLVED') return `resolved. ${resolution ?? ''}`.trim()
  if (said === 'ACKNOWLEDGED') return `acknowledged. ${message}`
  if (said === 'ESCALATED') return `nobody has acknowledged it. ${message}`
  return reopenings > 0 ? `back again. ${message}` : message
}
