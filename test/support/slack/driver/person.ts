import { SlackClientError } from '../errors.ts'
import { asText, type JsonObject, objectsOf, shownText } from '../json.ts'
import { directChannel } from '../state/direct-channel.ts'
import { messageJson } from '../state/message-json.ts'
import type { PlacedElement } from '../state/input-state.ts'
import type { Channel, InputState, Message, User, View } from '../state/model.ts'
import { sendEvent } from '../delivery/events.ts'
import { actOnBlock, askForOptions, withEntry } from './act-on-block.ts'
import { installInBrowser, type Page } from './browser.ts'
import { checkInputs } from './check-inputs.ts'
import { enter, type Entry } from './enter.ts'
import { findElement, isMessage, type Selector, type Surface } from './find-element.ts'
import { runCommand } from './run-command.ts'
import {
  basePayload,
  currently,
  installationIn,
  type Interaction,
  interactionOf,
  type Stage,
} from './stage.ts'
import { closeViews, submitView } from './submit-view.ts'

export interface ClickOptions {
  /** What the person answers to the confirmation dialog. Must be given when there is one, and only then. */
  readonly confirm?: boolean
  /** Clicks what was on the screen when the message was read, although it has changed since: two people at once. */
  readonly asSeen?: boolean
}

/** What a person does in Slack's client. Everything that the client would not let them do is a SlackClientError. */
export class Person {
  readonly user: User
  readonly #stage: Stage
  /** What the app offered for external menus, by view or message, block_id and action_id. */
  readonly #offered = new Map<string, JsonObject[]>()

  constructor(stage: Stage, user: User) {
    this.#stage = stage
    this.user = user
  }

  /** Runs a slash command. Commands do not work in threads. */
  async type(channel: Channel, command: string, options: { threadTs?: string } = {}): Promise<Interaction> {
    this.#refuseAbsence(channel)
    if (options.threadTs !== undefined)
      throw new SlackClientError(`${command.split(' ')[0]} is not supported in threads. Sorry!`)
    return runCommand(this.#stage, this.user, channel, command)
  }

  /** Posts a message, as people do. */
  say(channel: Channel, text: string, options: { threadTs?: string } = {}): Message {
    this.#refuseAbsence(channel)
    const { workspaceId, id } = channel
    const { messages } = this.#stage.world
    return messages.post({ ...options, workspaceId, channelId: id, userId: this.user.id, text })
  }

  /** Clicks a button. Undefined when the person backed out of its confirmation dialog. */
  async click(seen: Surface, button: Selector, options: ClickOptions = {}): Promise<Interaction | undefined> {
    const now = currently(this.#stage, this.user, seen)
    const surface = options.asSeen === true ? seen : now
    const placed = findElement(surface, button)
    if (placed.element.type !== 'button')
      throw new SlackClientError('that is no button: use select(), fill() or submit()')
    if (!this.#isConfirmed(placed.element, options.confirm)) return undefined
    return actOnBlock(this.#stage, this.user, surface, placed, {})
  }

  /** Chooses in a menu, a picker, radio buttons or checkboxes of a message, modal or App Home. */
  async select(
    seen: Surface,
    menu: Selector,
    entry: Entry,
    options: ClickOptions = {},
  ): Promise<Interaction | undefined> {
    const surface = currently(this.#stage, this.user, seen)
    const placed = findElement(surface, menu)
    const entered = enter(placed, entry, this.#context(surface, placed))
    if (!this.#isConfirmed(placed.element, options.confirm)) return undefined
    if (isMessage(surface)) return actOnBlock(this.#stage, this.user, surface, placed, entered)
    const isKept = placed.element.type !== 'overflow'
    const state = isKept ? withEntry(surface.state, placed.block, placed.element, entered) : surface.state
    this.#stage.world.views.fill(surface, state)
    if (placed.block.type === 'input' && placed.block.dispatch_action !== true) return undefined
    return actOnBlock(this.#stage, this.user, { ...surface, state }, placed, entered)
  }

  /** Types into an external menu, and returns the texts of what the app offers. */
  async search(seen: Surface, menu: Selector, query: string): Promise<string[]> {
    const offered = await this.searchOptions(seen, menu, query)
    return offered.map((option) => shownText(option.text))
  }

  /** The same, with everything that the app says about each option. */
  async searchOptions(seen: Surface, menu: Selector, query: string): Promise<JsonObject[]> {
    const surface = currently(this.#stage, this.user, seen)
    const placed = findElement(surface, menu)
    if (!asText(placed.element.type).includes('external'))
      throw new SlackClientError('only an external menu asks the app for its options')
    const min = placed.element.min_query_length ?? 3
    if (query.length < Number(min)) throw new SlackClientError(`type at least ${asText(min)} characters`)
    const offered = await askForOptions(this.#stage, this.user, surface, placed, query)
    this.#offered.set(keyOf(surface, placed), offered)
    return offered
  }

  /** Enters into a modal without submitting it. Inputs by label, action_id or block_id, or by pairs with a selector. */
  fill(modal: View, values: Readonly<Record<string, Entry>> | readonly (readonly [Selector, Entry])[]): View {
    const view = this.#openView(modal)
    let { state }: { state: InputState } = view
    const entries: readonly (readonly [Selector, Entry])[] = isPairs(values) ? values : Object.entries(values)
    for (const [input, entry] of entries) {
      const placed = findElement(view, input)
      const entered = enter(placed, entry, this.#context({ ...view, state }, placed))
      state = withEntry(state, placed.block, placed.element, entered)
    }
    this.#stage.world.views.fill(view, state)
    return { ...view, state }
  }

  /** Enters, and submits when Slack's client has nothing against it. Inputs by label, action_id or block_id. */
  async submit(modal: View, values: Readonly<Record<string, Entry>> = {}): Promise<Interaction> {
    const view = this.fill(modal, values)
    if (view.body.submit === undefined) throw new SlackClientError('this modal has no submit button')
    checkInputs(view)
    return submitView(this.#stage, this.user, view)
  }

  /** Closes the topmost modal, or with `all` every one of them. Returns what came of telling the app. */
  async closeModal(options: { all?: boolean } = {}): Promise<Interaction[]> {
    if (this.modal() === undefined) throw new SlackClientError('no modal is open')
    return closeViews(this.#stage, this.user, options.all === true ? 'all' : 'topmost')
  }

  /** The modal on top. */
  modal(): View | undefined {
    return this.#stage.world.views.top(this.user.id)
  }

  /** The app's Home as it was last published. */
  home(): View | undefined {
    return this.#stage.world.views.home(this.user.id)
  }

  /** Opens the app's Home, which tells the app so. */
  async openHome(workspaceId = this.user.workspaceId): Promise<Interaction | undefined> {
    const { world, dispatcher } = this.#stage
    const installation = installationIn(this.#stage, workspaceId)
    const workspace = world.workspace(workspaceId)
    const { channel } = directChannel(workspace, world.ids, [installation.botUserId, this.user.id])
    const event = { type: 'app_home_opened', user: this.user.id, channel: channel.id, tab: 'home' }
    const delivery = await sendEvent(world, dispatcher, installation, event)
    return delivery === undefined ? undefined : interactionOf(delivery)
  }

  /** A shortcut from the menu, or from the menu of a message. */
  async shortcut(callbackId: string, message?: Message): Promise<Interaction> {
    const { world, dispatcher } = this.#stage
    const workspaceId = message?.workspaceId ?? this.user.workspaceId
    const workspace = world.workspace(workspaceId)
    const delivery = await dispatcher.deliver({
      kind: 'interactive',
      payload: {
        type: message === undefined ? 'shortcut' : 'message_action',
        callback_id: callbackId,
        ...basePayload(this.#stage, workspace, this.user),
        trigger_id: world.triggers.issue({
          workspaceId,
          userId: this.user.id,
          ...(message === undefined ? {} : { channelId: message.channelId }),
        }),
        action_ts: `${world.clock.nowS()}.000300`,
        ...(message === undefined ? {} : this.#aboutMessage(message)),
      },
    })
    return interactionOf(delivery)
  }

  /** Dismisses a message that only this person sees. */
  dismiss(message: Message): void {
    if (message.ephemeralTo !== this.user.id)
      throw new SlackClientError('only what is for you alone can be dismissed')
    this.#stage.world.messages.delete(message.channelId, message.ts)
  }

  /** Installs the app from its install page; see `installInBrowser`. */
  async install(installUrl: string, decision: 'allow' | 'deny' = 'allow'): Promise<Page> {
    return installInBrowser(installUrl, this.user, decision)
  }

  #aboutMessage(message: Message): JsonObject {
    const { world, baseUrl } = this.#stage
    const { workspaceId, channelId, ts } = message
    const path = world.responseUrls.issue('actions', { workspaceId, channelId, userId: this.user.id })
    const name = world.workspace(workspaceId).channels.get(channelId)?.name ?? ''
    return {
      channel: { id: channelId, name },
      message: messageJson(message),
      message_ts: ts,
      response_url: `${baseUrl}${path}`,
    }
  }

  #openView(modal: View): View {
    const view = currently(this.#stage, this.user, modal)
    if (isMessage(view) || view.type !== 'modal') throw new SlackClientError('that is no modal')
    return view
  }

  /** What was chosen before stays an option of an external menu, whatever is searched for next. */
  #context(surface: Surface, placed: PlacedElement) {
    const workspace = this.#stage.world.workspace(surface.workspaceId)
    const offered = this.#offered.get(keyOf(surface, placed)) ?? []
    return { workspace, offered: [...offered, ...chosenBefore(surface, placed)] }
  }

  #isConfirmed(element: JsonObject, answer: boolean | undefined): boolean {
    if (element.confirm === undefined) {
      if (answer !== undefined) throw new SlackClientError('there is no confirmation dialog to answer')
      return true
    }
    if (answer === undefined)
      throw new SlackClientError('a confirmation dialog opens: say confirm: true or false')
    return answer
  }

  #refuseAbsence(channel: Channel): void {
    if (!channel.members.has(this.user.id))
      throw new SlackClientError(`${this.user.name} is not in #${channel.name}`)
    if (channel.archived) throw new SlackClientError(`#${channel.name} is archived`)
  }
}

/** Array.isArray does not tell a readonly array from a record. */
function isPairs<T>(values: Readonly<Record<string, Entry>> | readonly T[]): values is readonly T[] {
  return Array.isArray(values)
}

function keyOf(surface: Surface, { block, element }: PlacedElement): string {
  const place = isMessage(surface) ? surface.ts : surface.id
  return `${place} ${asText(block.block_id)} ${asText(element.action_id)}`
}

function chosenBefore(surface: Surface, { block, element }: PlacedElement): JsonObject[] {
  const entered = isMessage(surface)
    ? undefined
    : surface.state[asText(block.block_id)]?.[asText(element.action_id)]
  const { selected_option: one, selected_options: several } = entered ?? {}
  const { initial_option: first, initial_options: firsts } = element
  return [...objectsOf([one ?? null, first ?? null]), ...objectsOf(several), ...objectsOf(firsts)]
}
