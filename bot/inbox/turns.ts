import type { Logger } from 'pino'
import { type ApiClient, ApiError } from '../client/index.ts'
import type { Homes, NotifyNeeds, Reaches } from '../notify/index.ts'
import { callerOf, type Person } from '../people/index.ts'
import { type Delivery, type Outgoing, type OutgoingMessage, SlackCallError } from '../slack/index.ts'
import { respondByUrl } from '../slack/respond.ts'
import type { Turn } from '../turn.ts'
import { notice } from '../views/index.ts'
import type { WishBook } from '../wishes/index.ts'
import { replies } from './replies.ts'

export interface TurnNeeds extends Pick<NotifyNeeds, 'findDefaultChannel'> {
  readonly api: ApiClient
  readonly outgoing: Outgoing
  readonly homes: Homes
  readonly reaches: Reaches
  readonly wishes: WishBook
  readonly log: Logger
  /** Aborted when the bot stops. */
  readonly stopping: AbortSignal
}

export interface TurnOf {
  readonly delivery: Delivery
  readonly workspaceId: string
  readonly person: Person
  /** Taken up after the process that received it has died: its trigger is used up. */
  readonly isLate: boolean
}

export function createTurn(needs: TurnNeeds, of: TurnOf): Turn {
  const { api, outgoing, homes, reaches, wishes, stopping } = needs
  const { delivery, workspaceId, person, isLate } = of
  const caller = callerOf(person)
  const triggerId = isLate ? null : delivery.triggerId
  const log = needs.log.child({ delivery: delivery.key, userId: delivery.userId })
  const tellThem = (message: OutgoingMessage) => tell(needs, delivery, workspaceId, message)
  return {
    person,
    workspaceId,
    channelId: delivery.channelId,
    deliveryKey: delivery.key,
    api: {
      execute: (document, variables) =>
        api.execute(document, variables, { caller, signal: stopping }).catch((error: unknown) => {
          throw inWords(error, person)
        }),
    },
    outgoing,
    homes,
    reach: reaches.of(workspaceId),
    findDefaultChannel: () => needs.findDefaultChannel(workspaceId),
    wishes,
    triggerId,
    log,
    signal: stopping,
    tell: tellThem,
    say: (message) => orUnsaid({ log, tell: tellThem }, () => say(needs, delivery, workspaceId, message)),
    openModal: (view) => {
      if (triggerId === null) throw new SlackCallError('views.open', 'gone', 'expired_trigger_id')
      const isInModal = delivery.kind === 'action' && delivery.view !== null && delivery.channelId === null
      const open = isInModal && !isHome(delivery.view) ? 'pushView' : 'openView'
      return outgoing[open](workspaceId, triggerId, view)
    },
  }
}

/** Says what has been done. That Slack does not take it changes nothing of that: then the person hears so, if they can. */
export async function orUnsaid(
  { log, tell: tellThem }: Pick<Turn, 'log' | 'tell'>,
  speak: () => Promise<void>,
): Promise<void> {
  const onlyLog = (error: unknown) => {
    if (!(error instanceof SlackCallError)) throw error
    log.warn({ error: error.message }, 'Slack did not take what was said of a delivery')
  }
  try {
    await speak()
  } catch (error) {
    onlyLog(error)
    await tellThem(notice(replies.unsaid)).catch(onlyLog)
  }
}

/** What the API says of calls and scopes is nothing that people in Slack know of. */
function inWords(error: unknown, { role }: Person): unknown {
  if (!(error instanceof ApiError) || error.code !== 'FORBIDDEN') return error
  const { code, remedy } = error
  return new ApiError(
    {
      code,
      message: `Your role in Godwit is ${role}, which is not enough for this.`,
      remedy: `${remedy} /migrate whoami says why yours is so.`.trim(),
    },
    { cause: error },
  )
}

/** Modals have a state; the Home of the app has no callback of ours. */
function isHome(view: { readonly callbackId: string } | null): boolean {
  return view?.callbackId === 'home'
}

/** To the person only: where it was done, else in the direct messages with the bot. */
export async function tell(
  { outgoing }: Pick<TurnNeeds, 'outgoing'>,
  delivery: Delivery,
  workspaceId: string,
  message: OutgoingMessage,
): Promise<void> {
  const { channelId, userId, responseUrl } = delivery
  const threadTs = delivery.kind === 'action' ? (delivery.threadTs ?? undefined) : undefined
  const ways = [
    ...(responseUrl === null ? [] : [() => respondByUrl(responseUrl, message, 'ephemeral')]),
    ...(channelId === null
      ? []
      : [() => outgoing.ephemeral(workspaceId, { channel: channelId, user: userId, threadTs }, message)]),
    async () => void (await outgoing.direct(workspaceId, 'first', userId, message)),
  ]
  await firstThatWorks(ways)
}

async function say(
  needs: TurnNeeds,
  delivery: Delivery,
  workspaceId: string,
  message: OutgoingMessage,
): Promise<void> {
  const { channelId, responseUrl } = delivery
  if (channelId === null) return tell(needs, delivery, workspaceId, message)
  const post = async () =>
    void (await needs.outgoing.post(workspaceId, 'first', { channel: channelId }, message))
  const ways = [
    post,
    ...(responseUrl === null ? [] : [() => respondByUrl(responseUrl, message, 'in_channel')]),
  ]
  await firstThatWorks(ways)
}

/** Goes on to the next way only when there is no such place for this one. */
async function firstThatWorks(ways: readonly (() => Promise<void>)[]): Promise<void> {
  for (const [index, way] of ways.entries()) {
    try {
      return await way()
    } catch (error) {
      const isGone = error instanceof SlackCallError && error.failure === 'gone'
      if (!isGone || index === ways.length - 1) throw error
    }
  }
}
