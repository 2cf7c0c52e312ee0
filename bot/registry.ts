import type { View } from '@slack/types'
import type { ActionDelivery, EventDelivery, OpenView, OptionsDelivery } from './slack/index.ts'
import type { Turn } from './turn.ts'
import type { Verb } from './commands/verbs.ts'

/**
 * How a delivery is done. `kept`: written down before it is acknowledged, and done once, also when the process dies in
 * between. `at once`: for what needs the three seconds of a trigger, and can be asked for again: opening a modal.
 */
export type Keeping = 'kept' | 'at once'

export interface CommandHandler {
  /** Absent: kept. */
  readonly keeping?: Keeping
  /** `words` are those behind the verb. */
  run(turn: Turn, words: readonly string[]): Promise<void>
}

export interface ActionHandler {
  /** Absent: kept. */
  readonly keeping?: Keeping
  run(turn: Turn, action: ActionDelivery): Promise<void>
}

/** What becomes of a modal that was submitted. */
export type SubmitAnswer =
  | { readonly kind: 'close' }
  /** Messages under inputs, by block_id. */
  | { readonly kind: 'errors'; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: 'update'; readonly view: View }
  | { readonly kind: 'push'; readonly view: View }

export interface ModalHandler {
  /** Has about two seconds: then the modal is closed, and what it answers is not seen. */
  submit(turn: Turn, view: OpenView): Promise<SubmitAnswer>
}

export interface MenuOption {
  readonly text: string
  readonly value: string
  readonly description?: string
}

export interface OptionsHandler {
  search(turn: Turn, asked: OptionsDelivery): Promise<readonly MenuOption[]>
}

/** All that people can do in Slack. */
export interface Registry {
  readonly commands: Readonly<Record<Verb, CommandHandler>>
  /** What `/migrate` alone does. */
  readonly bare: CommandHandler
  /** By action_id. */
  readonly actions: Readonly<Record<string, ActionHandler>>
  /** By callback_id. */
  readonly modals: Readonly<Record<string, ModalHandler>>
  /** By action_id of the menu that is searched. */
  readonly options: Readonly<Record<string, OptionsHandler>>
  /** By type of the event that a person has caused. */
  readonly events: Readonly<Record<string, (turn: Turn, delivery: EventDelivery) => Promise<void>>>
}
