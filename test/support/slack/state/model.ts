import type { Json, JsonObject } from '../json.ts'

export interface User {
  readonly id: string
  /** The workspace that the person comes from. */
  readonly workspaceId: string
  readonly name: string
  readonly realName: string
  readonly email: string
  /** Whether the person has clicked what the workspace sent there. */
  readonly emailConfirmed: boolean
  /** Whether other workspaces are told the address, too. */
  readonly showsEmailToAll: boolean
  readonly timeZone: string
  readonly isBot: boolean
  /** May be in some channels only. */
  readonly isGuest: boolean
  deactivated: boolean
}

export interface Channel {
  readonly id: string
  readonly workspaceId: string
  readonly name: string
  readonly kind: 'public' | 'private' | 'im'
  /** User ids. */
  readonly members: Set<string>
  archived: boolean
}

export interface UserGroup {
  readonly id: string
  readonly handle: string
  readonly members: readonly string[]
}

export interface Reaction {
  readonly name: string
  readonly userId: string
}

/** A message as it is now. Whoever keeps one keeps a copy: what was on the screen at that moment. */
export interface Message {
  /** The time in microseconds that is Slack's id of a message in its channel. */
  readonly ts: string
  readonly workspaceId: string
  readonly channelId: string
  readonly userId: string
  /** Of the app that posted it. */
  readonly botId?: string
  text: string
  blocks: readonly JsonObject[]
  attachments: readonly JsonObject[]
  metadata?: JsonObject
  /** Of the message that it replies to. */
  readonly threadTs?: string
  readonly broadcast: boolean
  /** The only person who sees it. */
  readonly ephemeralTo?: string
  readonly files: readonly UploadedFile[]
  reactions: readonly Reaction[]
  /** How often it was changed after it was posted. */
  edits: number
}

/** The newest things that a workspace may not have yet. */
export type BlockGeneration = 'with newer blocks' | 'without newer blocks'

export interface Workspace {
  readonly id: string
  readonly domain: string
  readonly name: string
  readonly plan: 'free' | 'paid'
  readonly blocks: BlockGeneration
  readonly users: Map<string, User>
  readonly channels: Map<string, Channel>
  readonly userGroups: Map<string, UserGroup>
}

/** The app in one workspace. */
export interface Installation {
  readonly workspaceId: string
  readonly botUserId: string
  readonly botId: string
  readonly scopes: readonly string[]
  readonly installedBy: string
}

export interface AppSettings {
  readonly appId: string
  readonly name: string
  readonly clientId: string
  readonly clientSecret: string
  readonly signingSecret: string
  readonly verificationToken: string
  /** For Socket Mode: `xapp-…`. */
  readonly appToken: string
  readonly scopes: readonly string[]
  readonly commands: readonly string[]
  /** People, channels and links in the text of a command arrive as `<@U…|name>`, `<#C…|name>`, `<http:…>`. */
  readonly escapeCommands: boolean
  readonly events: readonly string[]
  readonly redirectUrls: readonly string[]
  readonly tokenRotation: boolean
  readonly tokenLifetimeS: number
}

/** What a person entered, by block_id and action_id, in the form of `view.state.values`. */
export type InputState = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>

export interface View {
  readonly id: string
  readonly type: 'modal' | 'home'
  readonly workspaceId: string
  readonly userId: string
  readonly rootViewId: string
  readonly previousViewId: string | null
  /** Where a modal was opened; undefined when that was no channel. */
  readonly channelId?: string
  /** As the app gave it, with the ids that Slack adds. */
  body: JsonObject
  hash: string
  state: InputState
  /** The messages under its inputs after a refused submission, by block_id. */
  errors: Readonly<Record<string, string>>
}

export interface UploadedFile {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly bytes: Uint8Array
}

/** One call of the Web API, as the log keeps it. */
export interface ApiCall {
  readonly atMs: number
  readonly method: string
  readonly workspaceId?: string
  /** Without the token. */
  readonly args: Readonly<Record<string, Json | undefined>>
  /** Of HTTP; 0 when it was never answered. */
  readonly status: number
  readonly answer: JsonObject
}
