import type { JsonObject } from '../json.ts'

/** What the page and its server say to each other. Only types: the browser loads this file as well. */

/** Somebody to be, or to read about. */
export interface ShownUser {
  readonly id: string
  readonly name: string
  readonly realName: string
  readonly isBot: boolean
  readonly workspaceId: string
  readonly workspaceName: string
  readonly timeZone: string
  /** What this person is there for; undefined for people that nobody can be. */
  readonly role?: string
}

export interface ShownChannel {
  readonly id: string
  readonly workspaceId: string
  readonly name: string
  readonly kind: 'public' | 'private' | 'im'
  readonly archived: boolean
  readonly memberIds: readonly string[]
}

/** A line of the list that opens when somebody types `/`. */
export interface CommandHint {
  /** As it is typed: `/migrate new`. */
  readonly typed: string
  readonly does: string
}

/** Everything around messages and modals, as one person sees it. */
export interface Frame {
  readonly meId: string
  readonly users: readonly ShownUser[]
  readonly channels: readonly ShownChannel[]
  readonly groups: readonly { readonly id: string; readonly handle: string }[]
  readonly hints: readonly CommandHint[]
  /** The app in the person's own workspace; undefined while it is not installed there. */
  readonly app?: { readonly userId: string; readonly directChannelId?: string }
}

export interface ShownFile {
  readonly id: string
  readonly title: string
  readonly sizeBytes: number
  readonly isImage: boolean
}

export interface ShownMessage {
  readonly ts: string
  readonly channelId: string
  readonly userId: string
  readonly text: string
  readonly blocks: readonly JsonObject[]
  readonly attachments: readonly JsonObject[]
  readonly threadTs?: string
  readonly broadcast: boolean
  readonly isForMeOnly: boolean
  readonly isEdited: boolean
  readonly files: readonly ShownFile[]
  readonly reactions: readonly { readonly name: string; readonly userId: string }[]
}

export interface ShownView {
  readonly id: string
  readonly body: JsonObject
  /** What was entered, by block_id and action_id. */
  readonly state: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>
  /** By block_id. */
  readonly errors: Readonly<Record<string, string>>
  /** How many modals are open, this one on top. */
  readonly depth: number
}

export type Part =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'message'; readonly message: ShownMessage }
  | { readonly kind: 'modal'; readonly view: ShownView }
  | { readonly kind: 'home'; readonly view: ShownView }

/** What changed since the last one. */
export interface Update {
  /** It holds everything: what it does not have is gone. */
  readonly isWhole: boolean
  readonly parts: Readonly<Record<string, Part>>
  readonly gone: readonly string[]
}

/** Where something was clicked. */
export type On =
  | { readonly channelId: string; readonly ts: string; readonly viewId?: never }
  | { readonly viewId: string; readonly channelId?: never; readonly ts?: never }

export interface At {
  readonly blockId: string
  readonly actionId: string
}

export type Entered = string | number | readonly string[] | null

/** Something that the person at the page does. */
export type Act =
  | {
      readonly do: 'type'
      readonly channelId: string
      readonly text: string
      readonly threadTs: string | null
    }
  | {
      readonly do: 'say'
      readonly channelId: string
      readonly text: string
      readonly threadTs: string | null
    }
  | { readonly do: 'click'; readonly on: On; readonly at: At; readonly isConfirmed: boolean }
  | {
      readonly do: 'choose'
      readonly on: On
      readonly at: At
      readonly entered: Entered
      readonly isConfirmed: boolean
    }
  | { readonly do: 'enter'; readonly on: On; readonly at: At; readonly entered: Entered }
  | { readonly do: 'search'; readonly on: On; readonly at: At; readonly query: string }
  | { readonly do: 'submit'; readonly on: On }
  | { readonly do: 'close' }
  | { readonly do: 'open home' }
  | { readonly do: 'dismiss'; readonly on: On }

export interface Done {
  /** What the person is told: the app did not answer, or Slack's client does not allow it. */
  readonly error: string | null
  /** The same at inputs, by block_id. */
  readonly atBlocks: Readonly<Record<string, string>>
  /** What the app offers for an external menu. */
  readonly options: readonly JsonObject[]
}
