import type { Logger } from 'pino'
import { describe } from '../errors.ts'
import type { SubmitAnswer } from '../registry.ts'
import {
  type Clock,
  type Delivery,
  type SignedRequest,
  SlackCallError,
  type SubmissionDelivery,
  type Workspaces,
} from '../slack/index.ts'
import { readDelivery } from '../slack/delivery.ts'
import { notice } from '../views/index.ts'
import {
  acknowledgeEmpty,
  acknowledgeSecret,
  acknowledgeWith,
  type Acknowledgement,
  answerOf,
  holdsSecret,
  optionsOf,
} from './acknowledge.ts'
import { aborted, inTime } from './in-time.ts'
import type { Inbox, TakenDelivery } from './inbox.ts'
import type { Performed, Performer, Task } from './perform.ts'
import type { ReplayGuard } from './replay-guard.ts'
import { replies } from './replies.ts'
import { tell, type TurnNeeds } from './turns.ts'

export interface DeliveryHandlerNeeds extends Pick<TurnNeeds, 'outgoing' | 'stopping'> {
  readonly workspaces: Workspaces
  readonly performer: Performer
  readonly inbox: Inbox
  readonly replayGuard: ReplayGuard
  readonly log: Logger
  /** How long Slack waits to be answered. */
  readonly patienceMs: number
}

/** How long Slack waits from when a delivery has arrived. */
interface Patience {
  /** Aborted when what is not written down yet is not done. */
  readonly signal: AbortSignal
  /** Aborted when a modal is answered whatever has become of it. */
  readonly late: AbortSignal
}

/** The request was sent before, or is of the future. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError'
}

/** Of the time that Slack waits: for writing a delivery down before it is acknowledged, and for what a modal is answered. */
const writeDownShare = 0.66
const submitShare = 0.77
const maxAttempts = 5
const lookAgainMs = 10_000

/** Takes what Slack brings, and sees that all of it is done, once. */
export class DeliveryHandler {
  readonly #needs: DeliveryHandlerNeeds
  readonly #underWay = new Set<Promise<unknown>>()

  constructor(needs: DeliveryHandlerNeeds) {
    this.#needs = needs
  }

  /**
   * Resolves with what Slack is to be answered, within its three seconds; what is to be done goes on.
   * @throws ReplayError; for events, which Slack then repeats, also ApiUnreachableError
   */
  async receive(body: unknown, request?: SignedRequest): Promise<Acknowledgement> {
    const delivery = readDelivery(body)
    if (delivery === undefined) return acknowledgeEmpty
    const { replayGuard, log, patienceMs } = this.#needs
    const signal = AbortSignal.timeout(Math.floor(patienceMs * writeDownShare))
    const late = AbortSignal.timeout(Math.floor(patienceMs * submitShare))
    try {
      if (request !== undefined && !(await replayGuard.admits(repeatable(request, delivery), signal)))
        throw new ReplayError('a request that was sent before, or is of the future')
      if (holdsSecret(delivery)) return acknowledgeSecret(delivery)
      return await this.#accept(delivery, { signal, late })
    } catch (error) {
      if (error instanceof ReplayError) throw error
      log.warn({ delivery: delivery.key, error: describe(error) }, 'a delivery could not be written down')
      if (request !== undefined) void this.#track(replayGuard.forget(request).catch(() => undefined))
      if (delivery.kind === 'event') throw error
      return this.#excuse(
        delivery,
        error instanceof SlackCallError ? replies.slackFails : replies.unreachable,
      )
    }
  }

  /** Takes up what processes that have died have left, now and again, until the bot stops. */
  async lookAfterAbandoned(clock: Clock): Promise<void> {
    const { stopping, log } = this.#needs
    while (!stopping.aborted) {
      try {
        await this.takeUpAbandoned()
      } catch (error) {
        if (!stopping.aborted) log.warn({ error: describe(error) }, 'the inbox cannot be read')
      }
      await clock.sleep(lookAgainMs, stopping).catch(() => undefined)
    }
  }

  async takeUpAbandoned(): Promise<void> {
    const { inbox, stopping } = this.#needs
    for await (const taken of inbox.takeAbandoned(stopping)) await this.#takeUpOrPostpone(taken)
  }

  /** Never rejects. */
  async #takeUpOrPostpone(taken: TakenDelivery): Promise<void> {
    const { stopping, log } = this.#needs
    try {
      await this.#takeUp(taken)
    } catch (error) {
      const { key } = taken.delivery
      if (!stopping.aborted) log.warn({ delivery: key, error: describe(error) }, 'a delivery has to wait')
      await this.#settleInbox(taken.delivery, 'not begun')
    }
  }

  /** What it takes goes on beside the others. @throws SlackCallError, ApiError, ApiUnreachableError */
  async #takeUp({ delivery, attempts }: TakenDelivery): Promise<void> {
    const { inbox, workspaces, log } = this.#needs
    const isHopeless = attempts > maxAttempts
    const workspace = isHopeless ? null : await workspaces.find(delivery.workspaceId)
    if (workspace === null) {
      log.error({ delivery: delivery.key, attempts }, 'a delivery is given up')
      await inbox.finish(delivery)
      if (isHopeless && delivery.kind !== 'event') this.#tell(delivery, replies.givenUp)
      return
    }
    log.info({ delivery: delivery.key, attempts }, 'a delivery is taken up again')
    void this.#track(this.#finish({ delivery, workspace, isLate: true }))
  }

  /** Waits for what is being done. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }

  async #accept(delivery: Delivery, { signal, late }: Patience): Promise<Acknowledgement> {
    const { workspaces, performer, inbox } = this.#needs
    const workspace = await inTime(workspaces.find(delivery.workspaceId), signal)
    if (workspace === null) return acknowledgeWith(delivery, replies.notInstalled)
    if (isFarewell(delivery)) {
      await workspaces.forget(workspace.id)
      return acknowledgeEmpty
    }
    const task: Task = { delivery, workspace, isLate: false }
    if (delivery.kind === 'options') return optionsOf(await performer.search(task, delivery))
    if (performer.keepingOf(delivery) === 'at once') {
      void this.#track(performer.perform(task))
      return acknowledgeEmpty
    }
    const taken = await inbox.take(delivery, signal)
    if (taken === undefined) return acknowledgeEmpty
    if (taken.attempts > 0) {
      void this.#track(this.#takeUpOrPostpone(taken))
      return acknowledgeEmpty
    }
    if (delivery.kind === 'submission') return this.#submit(task, delivery, late)
    void this.#track(this.#finish(task))
    return acknowledgeEmpty
  }

  /** Does it, and notes that it is done, or gives it back. */
  async #finish(task: Task): Promise<void> {
    const { performer } = this.#needs
    await this.#settleInbox(task.delivery, await performer.perform(task))
  }

  /** What comes too late for the modal, which Slack has closed by then, is told to the person otherwise. */
  async #submit(task: Task, delivery: SubmissionDelivery, late: AbortSignal): Promise<Acknowledgement> {
    const { performer } = this.#needs
    const submitted = this.#track(this.#submitted(task, delivery))
    const answer = await Promise.race([submitted, aborted(late).then(() => 'too late' as const)])
    if (answer !== 'too late') return answer === undefined ? acknowledgeEmpty : answerOf(answer)
    void this.#track(submitted.then((found) => found && performer.tellErrors(task, found)))
    return acknowledgeEmpty
  }

  /** Undefined when there is nothing to be seen in the modal. */
  async #submitted(task: Task, delivery: SubmissionDelivery): Promise<SubmitAnswer | undefined> {
    const { performer, inbox } = this.#needs
    const answer = await performer.submit(task, delivery)
    if (typeof answer === 'string') await this.#settleInbox(delivery, answer)
    else if (answer.kind === 'errors') await inbox.forget(delivery)
    else await this.#settleInbox(delivery, 'done')
    return typeof answer === 'string' ? undefined : answer
  }

  async #settleInbox(delivery: Delivery, performed: Performed): Promise<void> {
    const { inbox, log } = this.#needs
    const ways = {
      done: () => inbox.finish(delivery),
      again: () => inbox.release(delivery),
      'not begun': () => inbox.postpone(delivery),
    }
    try {
      await ways[performed]()
    } catch (error) {
      // It is taken up again, and has its idempotency key.
      log.warn({ delivery: delivery.key, error: describe(error) }, 'what is done could not be noted down')
    }
  }

  #excuse(delivery: Delivery, text: string): Acknowledgement {
    if (delivery.kind === 'action') this.#tell(delivery, text)
    return acknowledgeWith(delivery, text)
  }

  /** Beside what is going on; also while little works. */
  #tell(delivery: Delivery, text: string): void {
    const { workspaces, outgoing, log } = this.#needs
    const told = workspaces
      .find(delivery.workspaceId)
      .then((workspace) => tell({ outgoing }, delivery, workspace?.id ?? '', notice(text)))
      .catch((error: unknown) => log.warn({ error: describe(error) }, 'somebody could not be answered'))
    void this.#track(told)
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work)
    const forget = () => this.#underWay.delete(work)
    work.then(forget, forget)
    return work
  }
}

/** A menu that is opened twice within a second is asked for in the same words; to answer changes nothing. */
function repeatable(request: SignedRequest, { kind }: Delivery): SignedRequest {
  return kind === 'options' ? { ...request, mayComeAgain: true } : request
}

/** The bot was taken out of a workspace: its tokens are good for nothing any more. */
function isFarewell(delivery: Delivery): boolean {
  return delivery.kind === 'event' && delivery.type === 'app_uninstalled'
}
