import type { SlackClock } from '../clock.ts'
import { SlackApiError } from '../errors.ts'
import { copyOf, type JsonObject, stringOf } from '../json.ts'
import type { Changes } from './changes.ts'
import type { Ids } from './ids.ts'
import { initialState } from './input-state.ts'
import type { InputState, View } from './model.ts'
import type { TriggerOwner } from './triggers.ts'

/** A modal, and at most two that were pushed onto it. */
const maxStack = 3

/** The modals that are open, a stack for each person, and the App Homes. */
export class Views {
  readonly #clock: SlackClock
  readonly #ids: Ids
  readonly #changes: Changes
  readonly #stacks = new Map<string, View[]>()
  readonly #homes = new Map<string, View>()
  #updates = 0

  constructor(clock: SlackClock, ids: Ids, changes: Changes) {
    this.#clock = clock
    this.#ids = ids
    this.#changes = changes
  }

  open(opener: TriggerOwner, body: JsonObject): View {
    this.#stacks.set(opener.userId, [])
    return this.#add(opener, body)
  }

  push(opener: TriggerOwner, body: JsonObject): View {
    const stack = this.#stacks.get(opener.userId) ?? []
    if (stack.length === 0) throw new SlackApiError('not_found')
    if (stack.length >= maxStack) throw new SlackApiError('push_limit_reached')
    return this.#add(opener, body)
  }

  publish(workspaceId: string, userId: string, body: JsonObject, hash: string | undefined): View {
    const current = this.#homes.get(userId)
    if (current === undefined) {
      this.#refuseUsedExternalId(workspaceId, body)
      const id = this.#ids.next('V')
      const view = this.#newView({ id, type: 'home', workspaceId, userId, body, rootViewId: id })
      this.#homes.set(userId, view)
      this.#changes.announce()
      return copyOf(view)
    }
    return this.#replace(current, body, hash)
  }

  update(view: View, body: JsonObject, hash?: string): View {
    const current = this.#all().find((candidate) => candidate.id === view.id)
    if (current === undefined) throw new SlackApiError('not_found')
    return this.#replace(current, body, hash)
  }

  /** What the person enters. */
  fill(view: View, state: InputState): void {
    const current = this.#all().find((candidate) => candidate.id === view.id)
    if (current !== undefined) current.state = state
  }

  showErrors(view: View, errors: Readonly<Record<string, string>>): void {
    const current = this.#all().find((candidate) => candidate.id === view.id)
    if (current === undefined) return
    current.errors = errors
    this.#changes.announce()
  }

  /** Closes the topmost view, or all; returns what was closed, the topmost first. */
  close(userId: string, how: 'topmost' | 'all'): View[] {
    const stack = this.#stacks.get(userId) ?? []
    const closed = how === 'all' ? stack.splice(0).reverse() : stack.splice(-1)
    this.#changes.announce()
    return copyOf(closed)
  }

  /** The modals that are open for somebody, the topmost last. */
  stack(userId: string): View[] {
    return copyOf(this.#stacks.get(userId) ?? [])
  }

  top(userId: string): View | undefined {
    return copyOf(this.#stacks.get(userId)?.at(-1))
  }

  home(userId: string): View | undefined {
    return copyOf(this.#homes.get(userId))
  }

  find(workspaceId: string, by: { viewId?: string; externalId?: string }): View | undefined {
    const found = this.#all().find(
      (view) =>
        view.workspaceId === workspaceId &&
        (by.viewId === undefined ? stringOf(view.body.external_id) === by.externalId : view.id === by.viewId),
    )
    return copyOf(found)
  }

  #add({ workspaceId, userId, channelId }: TriggerOwner, body: JsonObject): View {
    this.#refuseUsedExternalId(workspaceId, body)
    const stack = this.#stacks.get(userId) ?? []
    const id = this.#ids.next('V')
    const rootViewId = stack[0]?.id ?? id
    const previousViewId = stack.at(-1)?.id ?? null
    const view = this.#newView({
      id,
      type: 'modal',
      workspaceId,
      userId,
      body,
      rootViewId,
      previousViewId,
      ...(channelId === undefined ? {} : { channelId }),
    })
    stack.push(view)
    this.#changes.announce()
    return copyOf(view)
  }

  #newView(view: Omit<View, 'hash' | 'state' | 'errors' | 'previousViewId'> & Partial<View>): View {
    return {
      previousViewId: null,
      ...view,
      hash: this.#nextHash(),
      state: initialState(view.body, {}, view.channelId),
      errors: {},
    }
  }

  #replace(view: View, body: JsonObject, hash: string | undefined): View {
    if (hash !== undefined && hash !== view.hash) throw new SlackApiError('hash_conflict')
    this.#refuseUsedExternalId(view.workspaceId, body, view.id)
    // What was typed into an input survives when the input comes back under the same ids.
    Object.assign(view, {
      body,
      hash: this.#nextHash(),
      state: initialState(body, view.state, view.channelId),
      errors: {},
    })
    this.#changes.announce()
    return copyOf(view)
  }

  #refuseUsedExternalId(workspaceId: string, body: JsonObject, exceptViewId?: string): void {
    const externalId = stringOf(body.external_id)
    if (externalId === undefined || externalId === '') return
    const taken = this.find(workspaceId, { externalId })
    if (taken !== undefined && taken.id !== exceptViewId) throw new SlackApiError('duplicate_external_id')
  }

  #all(): View[] {
    return [...this.#stacks.values()].flat().concat([...this.#homes.values()])
  }

  #nextHash(): string {
    this.#updates += 1
    return `${this.#clock.nowS()}.${this.#updates.toString(16).padStart(8, '0')}`
  }
}
