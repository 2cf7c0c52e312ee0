import { createHash } from 'node:crypto'
import { z } from 'zod'

/** What a person entered, by block_id and action_id. */
export type InputValues = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>
>

/** A modal or Home as it is open. */
export interface OpenView {
  readonly id: string
  readonly hash: string
  readonly callbackId: string
  readonly privateMetadata: string
  readonly values: InputValues
}

interface Common {
  /** The same for what is the same: of a delivery that comes twice, and of nothing else. */
  readonly key: string
  readonly workspaceId: string
  readonly userId: string
  /** Null in modals and in App Home. */
  readonly channelId: string | null
  /** Good for three seconds. */
  readonly triggerId: string | null
  /** Good for five answers within half an hour. */
  readonly responseUrl: string | null
}

export interface CommandDelivery extends Common {
  readonly kind: 'command'
  readonly command: string
  readonly text: string
}

export interface ActionDelivery extends Common {
  readonly kind: 'action'
  readonly actionId: string
  readonly blockId: string
  /** Of a button, or of the option that was chosen in a menu. */
  readonly value: string | undefined
  /** All of the element, as Slack sends it. */
  readonly element: Readonly<Record<string, unknown>>
  /** Of the message where it was done. */
  readonly messageTs: string | null
  readonly threadTs: string | null
  readonly isEphemeral: boolean
  /** Where it was done, if in a modal or in App Home. */
  readonly view: OpenView | null
}

export interface SubmissionDelivery extends Common {
  readonly kind: 'submission'
  readonly view: OpenView
}

export interface OptionsDelivery extends Common {
  readonly kind: 'options'
  readonly actionId: string
  readonly query: string
  readonly view: OpenView | null
}

export interface EventDelivery extends Common {
  readonly kind: 'event'
  readonly type: string
  readonly event: Readonly<Record<string, unknown>>
}

export type Delivery = CommandDelivery | ActionDelivery | SubmissionDelivery | OptionsDelivery | EventDelivery

const anObject = z.record(z.string(), z.unknown())
const values = z.record(z.string(), z.record(z.string(), anObject))

const view = z
  .object({
    id: z.string(),
    hash: z.string().default(''),
    callback_id: z.string().default(''),
    private_metadata: z.string().default(''),
    state: z.object({ values }).nullish(),
  })
  .transform(({ id, hash, callback_id: callbackId, private_metadata: privateMetadata, state }): OpenView => {
    return { id, hash, callbackId, privateMetadata, values: state?.values ?? {} }
  })

const interaction = z.object({
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string(), team_id: z.string().nullish() }),
  channel: z.object({ id: z.string() }).nullish(),
  trigger_id: z.string().nullish(),
  response_url: z.string().nullish(),
})

const command = z.object({
  command: z.string(),
  text: z.string().default(''),
  team_id: z.string(),
  user_id: z.string(),
  channel_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string(),
})

const action = interaction.extend({
  type: z.literal('block_actions'),
  container: z
    .object({
      message_ts: z.string().nullish(),
      thread_ts: z.string().nullish(),
      is_ephemeral: z.boolean().default(false),
    })
    .default({ is_ephemeral: false }),
  view: view.nullish(),
  actions: z
    .array(
      z.looseObject({
        action_id: z.string(),
        block_id: z.string().default(''),
        action_ts: z.string().default(''),
        value: z.string().nullish(),
        selected_option: z.object({ value: z.string().nullish() }).nullish(),
      }),
    )
    .min(1),
})

const submission = interaction.extend({ type: z.literal('view_submission'), view })

const options = interaction.extend({
  type: z.literal('block_suggestion'),
  action_id: z.string(),
  value: z.string().default(''),
  view: view.nullish(),
})

const happening = z.object({
  type: z.literal('event_callback'),
  event_id: z.string(),
  team_id: z.string(),
  event: z.looseObject({ type: z.string(), user: z.unknown().optional(), channel: z.unknown().optional() }),
})

const interactive = z.discriminatedUnion('type', [action, submission, options])

/** What Slack has sent, in one form. Undefined for what the bot has no use for. */
export function readDelivery(body: unknown): Delivery | undefined {
  const typed = command.safeParse(body).data
  if (typed !== undefined) return fromCommand(typed)
  const acted = interactive.safeParse(body).data
  if (acted !== undefined) return fromInteraction(acted)
  const happened = happening.safeParse(body).data
  return happened === undefined ? undefined : fromEvent(happened)
}

function fromCommand(body: z.infer<typeof command>): CommandDelivery {
  return {
    kind: 'command',
    key: keyOf('command', body.trigger_id, body.user_id),
    workspaceId: body.team_id,
    userId: body.user_id,
    channelId: body.channel_id,
    triggerId: body.trigger_id,
    responseUrl: body.response_url,
    command: body.command,
    text: body.text,
  }
}

function fromInteraction(body: z.infer<typeof interactive>): Delivery | undefined {
  const { user, team, channel, trigger_id: triggerId, response_url: responseUrl } = body
  const common = {
    workspaceId: team?.id ?? user.team_id ?? '',
    userId: user.id,
    channelId: channel?.id ?? null,
    triggerId: triggerId ?? null,
    responseUrl: responseUrl ? responseUrl : null,
  }
  switch (body.type) {
    case 'block_actions':
      return fromAction(body, common)
    case 'view_submission':
      return { ...common, kind: 'submission', key: keyOfSubmission(body.view, user.id), view: body.view }
    case 'block_suggestion':
      return {
        ...common,
        kind: 'options',
        key: keyOf('options', body.action_id, body.value, body.view?.id ?? ''),
        actionId: body.action_id,
        query: body.value,
        view: body.view ?? null,
      }
    default:
      return body satisfies never
  }
}

function fromAction(body: z.infer<typeof action>, common: Omit<Common, 'key'>): ActionDelivery | undefined {
  const [element] = body.actions
  if (element === undefined) return undefined
  const { message_ts: messageTs, thread_ts: threadTs, is_ephemeral: isEphemeral } = body.container
  const { action_id: actionId, block_id: blockId, action_ts: at } = element
  const where = messageTs ?? body.view?.id ?? ''
  return {
    ...common,
    kind: 'action',
    key: keyOf('action', at, common.userId, where, actionId, common.triggerId ?? ''),
    actionId,
    blockId,
    value: element.value ?? element.selected_option?.value ?? undefined,
    element,
    messageTs: messageTs ?? null,
    threadTs: threadTs ?? null,
    isEphemeral,
    view: body.view ?? null,
  }
}

/** What was entered counts too: a modal that was refused is the same when it comes again with other entries. */
function keyOfSubmission({ id, hash, values }: OpenView, userId: string): string {
  return keyOf('submission', id, hash, userId, JSON.stringify(values))
}

function fromEvent({ event_id: id, team_id: workspaceId, event }: z.infer<typeof happening>): EventDelivery {
  return {
    kind: 'event',
    key: keyOf('event', id),
    workspaceId,
    userId: typeof event.user === 'string' ? event.user : '',
    channelId: typeof event.channel === 'string' ? event.channel : null,
    triggerId: null,
    responseUrl: null,
    type: event.type,
    event,
  }
}

function keyOf(kind: Delivery['kind'], ...parts: readonly string[]): string {
  return `${kind}/${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}`
}
