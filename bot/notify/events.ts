import { graphql, type FragmentOf } from '../client/index.ts'

/** An event, as far as people are told of it. */
export const eventFragment = graphql(`
  fragment ToldEvent on Event {
    cursor
    sequence
    type
    message
    payload
    at
    actor {
      kind
      name
      onBehalfOf
    }
  }
`)

export type ToldEvent = FragmentOf<typeof eventFragment>

/** A text of the payload; undefined when there is none. */
export function payloadText({ payload }: Pick<ToldEvent, 'payload'>, name: string): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const value: unknown = Object.entries(payload).find(([key]) => key === name)?.[1]
  return typeof value === 'string' ? value : undefined
}

/** A message of its own that an event leads to, before anything of progress. */
export type Announcement =
  /** The message of the alarm, as it is now. */
  | { readonly kind: 'alarm'; readonly alarmId: string }
  /** Once more, for nobody has acknowledged it, or because it is back. */
  | { readonly kind: 'alarm again'; readonly alarmId: string }
  /** The message of the cutover plan, as it is now. */
  | { readonly kind: 'plan'; readonly digest: string }
  /** The message of the plan that is executed or was, if there is one. */
  | { readonly kind: 'latest plan' }
  /** What only this event says. */
  | { readonly kind: 'event' }

/** What tells the messages of one migration apart: those of one subject are sent one after another. */
export function subjectOf(announcement: Announcement): string {
  switch (announcement.kind) {
    case 'alarm':
    case 'alarm again':
      return announcement.alarmId
    case 'plan':
    case 'latest plan':
      return 'plan'
    case 'event':
      return 'event'
    default:
      return announcement satisfies never
  }
}

type EventType = ToldEvent['type']

const alarm = (event: ToldEvent): readonly Announcement[] => {
  const alarmId = payloadText(event, 'alarmId')
  return alarmId === undefined ? [] : [{ kind: 'alarm', alarmId }]
}

const escalation = (event: ToldEvent): readonly Announcement[] => {
  const alarmId = payloadText(event, 'alarmId')
  return alarmId === undefined ? [] : [...alarm(event), { kind: 'alarm again', alarmId }]
}

const plan = (event: ToldEvent): readonly Announcement[] => {
  const digest = payloadText(event, 'digest')
  return digest === undefined ? [] : [{ kind: 'plan', digest }]
}

/** A failure has an alarm. */
const status = (event: ToldEvent): readonly Announcement[] => {
  const [from, to] = [payloadText(event, 'from'), payloadText(event, 'to')]
  const isOfPlan = from === 'COMPLETING' || to === 'COMPLETING'
  return [
    ...(isOfPlan ? [{ kind: 'latest plan' } as const] : []),
    ...(to === 'COMPLETED' ? [{ kind: 'event' } as const] : []),
  ]
}

const alone = (): readonly Announcement[] => [{ kind: 'event' }]

const announcements: Readonly<Partial<Record<EventType, (event: ToldEvent) => readonly Announcement[]>>> = {
  ALARM_FIRING: alarm,
  ALARM_ACKNOWLEDGED: alarm,
  ALARM_RESOLVED: alarm,
  ALARM_ESCALATED: escalation,
  CUTOVER_PLANNED: plan,
  CUTOVER_APPROVED: plan,
  CUTOVER_REJECTED: plan,
  CUTOVER_EXPIRED: plan,
  CUTOVER_VOID: plan,
  STATUS_CHANGED: status,
  BREAK_GLASS: (event) => [...alone(), ...plan(event)],
  SOURCE_FENCED: alone,
  SOURCE_UNFENCED: alone,
  CUTOVER_WINDOW_MISSED: alone,
}

/** What has a message of its own, in the order in which it is to be said. */
export function announcementsOf(event: ToldEvent): readonly Announcement[] {
  return announcements[event.type]?.(event) ?? []
}

/** Whether the thread tells of it: what a person would want to know, and nothing twice. */
const forThread: Readonly<Record<EventType, boolean | ((event: ToldEvent) => boolean)>> = {
  MIGRATION_CREATED: true,
  MIGRATION_EDITED: true,
  MIGRATION_DELETED: false,
  // That it is completed is an announcement.
  STATUS_CHANGED: (event) => payloadText(event, 'to') !== 'COMPLETED',
  // That a step begins is said by the end of the one before, and by the card.
  STEP_CHANGED: (event) => ['DONE', 'FAILED'].includes(payloadText(event, 'to') ?? ''),
  VERIFY_FINISHED: true,
  // Of attempts that go on failing an alarm tells.
  RETRY_SCHEDULED: ({ payload }) =>
    typeof payload === 'object' && payload !== null && 'attempt' in payload && payload.attempt === 1,
  // That the first worker has taken it is nothing to tell.
  OWNER_CHANGED: (event) => payloadText(event, 'former') !== undefined,
  PRIORITY_CHANGED: true,
  SCHEDULED_START_FAILED: true,
  CUTOVER_WINDOW_CHANGED: true,
  CUTOVER_WINDOW_MISSED: false,
  CUTOVER_PLANNED: true,
  CUTOVER_APPROVED: true,
  CUTOVER_REJECTED: true,
  CUTOVER_EXPIRED: true,
  CUTOVER_VOID: true,
  BREAK_GLASS: false,
  ALARM_FIRING: false,
  ALARM_ACKNOWLEDGED: false,
  ALARM_ESCALATED: false,
  ALARM_RESOLVED: false,
  ALARMS_MUTED: true,
  ALARMS_UNMUTED: true,
  SOURCE_FENCED: false,
  SOURCE_UNFENCED: false,
  NOTE: true,
}

export function isForThread(event: ToldEvent): boolean {
  const told = forThread[event.type]
  return typeof told === 'boolean' ? told : told(event)
}

/** Besides what somebody has asked for. That a step begins or ends may wait. */
const urgentTypes: ReadonlySet<EventType> = new Set([
  'STATUS_CHANGED',
  'CUTOVER_PLANNED',
  'CUTOVER_EXPIRED',
  'CUTOVER_VOID',
])

/** Whether people wait to see it on the card: what they did themselves, and that there is something to do for them. */
export function isUrgent({ type, actor }: Pick<ToldEvent, 'type' | 'actor'>): boolean {
  return actor.kind === 'TOKEN' || urgentTypes.has(type)
}
