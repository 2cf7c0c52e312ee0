import { randomUUID } from 'node:crypto'
import { ApiError, ApiUnreachableError } from '../client/index.ts'
import { keepingOfCommand, runCommand } from '../commands/index.ts'
import { readSuggestedCommand } from '../commands/unknown.ts'
import { describe, TryAgainError } from '../errors.ts'
import { isStranger, type People, type Person, type Stranger } from '../people/index.ts'
import type { Keeping, MenuOption, Registry, SubmitAnswer } from '../registry.ts'
import {
  type ActionDelivery,
  type Delivery,
  type OptionsDelivery,
  SlackCallError,
  type SubmissionDelivery,
  type Workspace,
} from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import {
  actionIds,
  notice,
  refusal,
  type SlackMessage,
  readButtonValue,
  readModalContext,
  unreadable,
} from '../views/index.ts'
import { refusalOf, replies } from './replies.ts'
import { createTurn, tell, type TurnNeeds } from './turns.ts'

export interface PerformerNeeds extends TurnNeeds {
  readonly registry: Registry
  readonly people: People
}

/**
 * `done`: nothing is left to do. `again`: the API could not be reached, so that it is to be done later. `not begun`: the
 * same, of what Slack did not tell whose it is, however often.
 */
export type Performed = 'done' | 'again' | 'not begun'

export interface Task {
  readonly delivery: Delivery
  readonly workspace: Workspace
  readonly isLate: boolean
}

/** Does what people have asked for, in their name, and tells them when that cannot be. */
export class Performer {
  readonly #needs: PerformerNeeds

  constructor(needs: PerformerNeeds) {
    this.#needs = needs
  }

  keepingOf(delivery: Delivery): Keeping {
    const { registry } = this.#needs
    switch (delivery.kind) {
      case 'command':
        return keepingOfCommand(registry, delivery.text)
      case 'action': {
        const command = readSuggestedCommand(delivery.actionId, delivery.value)
        if (command !== undefined) return keepingOfCommand(registry, command)
        return entryOf(registry.actions, actionOf(delivery))?.keeping ?? 'kept'
      }
      case 'options':
        return 'at once'
      case 'submission':
      case 'event':
        return 'kept'
      default:
        return delivery satisfies never
    }
  }

  /** Never rejects. */
  async perform(task: Task): Promise<Performed> {
    return this.#guarded(task, async (turn) => {
      await this.#run(task, turn)
    })
  }

  /** Never rejects. Undefined when there is nothing to be seen in the modal. */
  async submit(task: Task, delivery: SubmissionDelivery): Promise<SubmitAnswer | Performed> {
    let answer: SubmitAnswer | undefined
    const performed = await this.#guarded(task, async (turn) => {
      answer = await entryOf(this.#needs.registry.modals, delivery.view.callbackId)?.submit(
        turn,
        delivery.view,
      )
    })
    return answer ?? performed
  }

  /** Never rejects. */
  async search(task: Task, delivery: OptionsDelivery): Promise<readonly MenuOption[]> {
    let found: readonly MenuOption[] = []
    const handler = entryOf(this.#needs.registry.options, delivery.actionId)
    await this.#guarded(task, async (turn) => {
      found = (await handler?.search(turn, delivery)) ?? []
    })
    return found
  }

  async #run(task: Task, turn: Turn): Promise<void> {
    const { registry } = this.#needs
    const { delivery } = task
    switch (delivery.kind) {
      case 'command':
        return runCommand(registry, turn, delivery.text)
      case 'action': {
        const command = readSuggestedCommand(delivery.actionId, delivery.value)
        if (command !== undefined) return runCommand(registry, turn, command)
        const handler = entryOf(registry.actions, actionOf(delivery))
        if (handler !== undefined) return handler.run(turn, delivery)
        // Of a link, and of what is only entered, there is nothing to do.
        return isButton(delivery) ? turn.tell(unreadable) : undefined
      }
      case 'event':
        return registry.events[delivery.type]?.(turn, delivery)
      case 'submission':
        return this.#submitLate(delivery, turn)
      case 'options':
        return
      default:
        return delivery satisfies never
    }
  }

  /** What is wrong with what was entered, when the modal is not there any more to show it. Never rejects. */
  async tellErrors(task: Task, answer: SubmitAnswer): Promise<void> {
    const text = errorsIn(answer)
    if (text !== null) await this.#tell(task, notice(text))
  }

  /** The process to which it was submitted has died, and the modal is closed. */
  async #submitLate({ view }: SubmissionDelivery, turn: Turn): Promise<void> {
    const answer = await entryOf(this.#needs.registry.modals, view.callbackId)?.submit(turn, view)
    const text = answer === undefined ? null : errorsIn(answer)
    if (text !== null) await turn.tell(notice(text))
  }

  async #guarded(task: Task, act: (turn: Turn) => Promise<void>): Promise<Performed> {
    const { delivery, workspace, isLate } = task
    const { people } = this.#needs
    let person: Person | Stranger
    try {
      person = await people.find(workspace.id, delivery.userId)
    } catch (error) {
      return this.#explainNobody(task, error)
    }
    if (isStranger(person)) {
      await this.#tell(task, notice(refusalOf(person)))
      return 'done'
    }
    try {
      await act(createTurn(this.#needs, { delivery, workspaceId: workspace.id, person, isLate }))
      return 'done'
    } catch (error) {
      return this.#explain(task, error)
    }
  }

  /** Slack did not say who it is. */
  async #explainNobody(task: Task, error: unknown): Promise<Performed> {
    const { log, stopping } = this.#needs
    if (!(error instanceof SlackCallError)) return this.#explain(task, error)
    log.warn({ delivery: task.delivery.key, error: error.message }, 'Slack did not tell who somebody is')
    const waits = this.#isKept(task) && error.failure !== 'refused'
    if (!stopping.aborted && !(waits && task.isLate))
      await this.#tell(task, notice(waits ? replies.slackDelays : replies.slackFails))
    return waits ? 'not begun' : 'done'
  }

  async #explain(task: Task, error: unknown): Promise<Performed> {
    const { log, stopping } = this.#needs
    if (stopping.aborted) return 'again'
    if (error instanceof TryAgainError) return 'again'
    if (error instanceof ApiUnreachableError) {
      if (!task.isLate)
        await this.#tell(task, notice(this.#isKept(task) ? replies.delayed : replies.unreachable))
      return 'again'
    }
    if (error instanceof ApiError) {
      await this.#tell(task, refusal(error, { workspaceId: task.workspace.id }))
      return 'done'
    }
    if (error instanceof SlackCallError) {
      log.warn(
        { delivery: task.delivery.key, error: error.message },
        'Slack refused what a delivery asked for',
      )
      const reply = this.#isKept(task) ? replies.unsaid : replies.unshown
      await this.#tell(task, notice(error.code.endsWith('_trigger_id') ? replies.tooLate : reply))
      return 'done'
    }
    const errorId = randomUUID()
    const { stack } = error instanceof Error ? error : new Error(String(error))
    log.error({ delivery: task.delivery.key, errorId, stack }, 'a delivery failed')
    await this.#tell(task, notice(`${replies.failed} ${errorId}.`))
    return 'done'
  }

  #isKept({ delivery }: Task): boolean {
    return this.keepingOf(delivery) === 'kept'
  }

  /** Never rejects: what has become of the delivery does not depend on who hears of it. */
  async #tell({ delivery, workspace }: Task, message: SlackMessage): Promise<void> {
    // Who only opened the Home of the app has not asked for anything.
    if (delivery.kind === 'event') return
    try {
      await tell(this.#needs, whereItIs(delivery), workspace.id, message)
    } catch (error) {
      const { log } = this.#needs
      log.warn({ delivery: delivery.key, error: describe(error) }, 'somebody could not be answered')
    }
  }
}

/** A modal belongs to where it was opened: what is told of it is told there. */
function whereItIs(delivery: Delivery): Delivery {
  if (delivery.kind !== 'submission') return delivery
  const channelId = readModalContext(delivery.view.privateMetadata)?.c ?? null
  return { ...delivery, channelId }
}

/** Names come from outside, and may be such as `constructor`. */
function entryOf<Entry>(entries: Readonly<Record<string, Entry>>, name: string): Entry | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined
}

function isButton({ actionId, element }: ActionDelivery): boolean {
  const { type } = element
  return (type === 'button' || type === 'overflow') && actionId !== actionIds.open
}

/** What is to be done: in a menu that offers several things, the chosen option says so. */
function actionOf({ actionId, value }: ActionDelivery): string {
  return readButtonValue(value)?.a ?? actionId
}

function errorsIn(answer: SubmitAnswer): string | null {
  return answer.kind === 'errors' ? [replies.refusedLate, ...Object.values(answer.errors)].join(' ') : null
}
