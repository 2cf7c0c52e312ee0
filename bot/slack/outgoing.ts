import type { View } from '@slack/types'
import type { Clock } from './clock.ts'
import { notInstalled, SlackCallError } from './errors.ts'
import type { LaneName } from './gate.ts'
import { Lanes, type LanesNeeds, type SlackAnswer, type SlackArguments, type SlackRequest } from './lanes.ts'
import type { Workspaces } from './workspaces.ts'

/** A message as the views make it. */
export interface OutgoingMessage {
  readonly text: string
  readonly blocks: readonly object[]
  /** Sent instead to a workspace that refuses the blocks, for it does not know the newer ones. */
  readonly olderBlocks?: readonly object[]
}

/** A message, or what makes it right before it is sent: what had to wait is then as things are. */
export type MessageToSend = OutgoingMessage | (() => Promise<OutgoingMessage>)

export interface Place {
  readonly channel: string
  /** Of the message in whose thread it belongs. */
  readonly threadTs?: string | undefined
  /** A message of a thread that is shown in the channel, too. */
  readonly alsoInChannel?: boolean
}

/** Where a message is. */
export interface Posted {
  readonly channel: string
  readonly ts: string
}

export interface OutgoingNeeds {
  readonly workspaces: Workspaces
  readonly clock: Clock
  readonly call: (lane: LaneName, token: string, method: string, args: SlackArguments) => Promise<SlackAnswer>
  /** Aborted when the bot stops. */
  readonly stopping: AbortSignal
}

/**
 * What the bot says to Slack. Each workspace has two lanes, so that nothing that people wait for stands behind
 * progress. What Slack limits is sent later; everything else that fails is thrown. What is `withdrawn` before its turn
 * has come is not sent.
 * @throws SlackCallError, from every method
 */
export class Outgoing {
  readonly #needs: OutgoingNeeds
  readonly #lanes = new Map<string, Lanes>()

  constructor(needs: OutgoingNeeds) {
    this.#needs = needs
  }

  async post(
    workspaceId: string,
    lane: LaneName,
    { channel, threadTs, alsoInChannel = false }: Place,
    message: MessageToSend,
    withdrawn?: AbortSignal,
  ): Promise<Posted> {
    const args = {
      channel,
      unfurl_links: false,
      unfurl_media: false,
      ...inThread(threadTs),
      ...(alsoInChannel && { reply_broadcast: true }),
    }
    const request = { lane, method: 'chat.postMessage', args }
    return toPosted(await this.#send(workspaceId, request, message, withdrawn))
  }

  /** Replaces all of it: what is left out of the blocks is gone. */
  async update(
    workspaceId: string,
    lane: LaneName,
    { channel, ts }: Posted,
    message: MessageToSend,
    withdrawn?: AbortSignal,
  ): Promise<void> {
    await this.#send(workspaceId, { lane, method: 'chat.update', args: { channel, ts } }, message, withdrawn)
  }

  /** For one person in a channel, who must be in it. Slack keeps no such message. */
  async ephemeral(
    workspaceId: string,
    { channel, threadTs, user }: Place & { readonly user: string },
    message: OutgoingMessage,
  ): Promise<void> {
    const args = { channel, user, ...inThread(threadTs) }
    await this.#send(workspaceId, { lane: 'first', method: 'chat.postEphemeral', args }, message)
  }

  /** To one person, between them and the bot. */
  async direct(workspaceId: string, lane: LaneName, user: string, message: OutgoingMessage): Promise<Posted> {
    const { channel } = await this.call(workspaceId, lane, 'conversations.open', { users: user })
    if (!hasId(channel)) throw new SlackCallError('conversations.open', 'refused', 'no_channel')
    return this.post(workspaceId, lane, { channel: channel.id }, message)
  }

  /** @throws SlackCallError `gone` when more than three seconds have passed since the trigger */
  async openView(workspaceId: string, triggerId: string, view: View): Promise<string> {
    return this.#showView(workspaceId, 'views.open', { trigger_id: triggerId, view })
  }

  /** On top of the modal in which the person did something. */
  async pushView(workspaceId: string, triggerId: string, view: View): Promise<string> {
    return this.#showView(workspaceId, 'views.push', { trigger_id: triggerId, view })
  }

  async updateView(workspaceId: string, viewId: string, view: View, hash?: string): Promise<void> {
    const args = { view_id: viewId, view, ...(hash !== undefined && { hash }) }
    await this.#showView(workspaceId, 'views.update', args)
  }

  async publishHome(
    workspaceId: string,
    userId: string,
    view: View,
    lane: LaneName = 'first',
  ): Promise<void> {
    await this.call(workspaceId, lane, 'views.publish', { user_id: userId, view })
  }

  /** Any other method. */
  async call(
    workspaceId: string,
    lane: LaneName,
    method: string,
    args: SlackArguments,
    signal: AbortSignal = this.#needs.stopping,
  ): Promise<SlackAnswer> {
    return this.#lanesOf(workspaceId).run({ lane, method, args }, signal)
  }

  async #send(
    workspaceId: string,
    request: Omit<SlackRequest, 'late'>,
    message: MessageToSend,
    withdrawn?: AbortSignal,
  ): Promise<SlackAnswer> {
    const { stopping } = this.#needs
    const signal = withdrawn === undefined ? stopping : AbortSignal.any([stopping, withdrawn])
    const send = (choose: (message: OutgoingMessage) => readonly object[]) => {
      const late = async () => {
        const made = typeof message === 'function' ? await message() : message
        return { text: made.text, blocks: choose(made) }
      }
      return this.#lanesOf(workspaceId).run({ ...request, late }, signal)
    }
    try {
      return await send(({ blocks }) => blocks)
    } catch (error) {
      if (!(error instanceof SlackCallError) || error.code !== 'invalid_blocks') throw error
      return send(({ olderBlocks }) => {
        if (olderBlocks === undefined) throw error
        return olderBlocks
      })
    }
  }

  async #showView(workspaceId: string, method: string, args: SlackArguments): Promise<string> {
    const { view } = await this.call(workspaceId, 'first', method, args)
    if (!hasId(view)) throw new SlackCallError(method, 'refused', 'no_view')
    return view.id
  }

  #lanesOf(workspaceId: string): Lanes {
    const known = this.#lanes.get(workspaceId)
    if (known !== undefined) return known
    const { clock, workspaces, call } = this.#needs
    const needs: LanesNeeds = {
      clock,
      call: async (lane, method, args) => {
        const workspace = await workspaces.find(workspaceId)
        if (workspace === null) throw new SlackCallError(method, 'auth', notInstalled)
        return call(lane, workspace.token, method, args)
      },
    }
    const lanes = new Lanes(needs)
    this.#lanes.set(workspaceId, lanes)
    return lanes
  }
}

function inThread(threadTs: string | undefined): SlackArguments {
  return threadTs === undefined ? {} : { thread_ts: threadTs }
}

function toPosted({ channel, ts }: SlackAnswer): Posted {
  if (typeof channel !== 'string' || typeof ts !== 'string')
    throw new SlackCallError('chat.postMessage', 'refused', 'no_ts')
  return { channel, ts }
}

function hasId(found: unknown): found is { readonly id: string } {
  return typeof found === 'object' && found !== null && 'id' in found && typeof found.id === 'string'
}
