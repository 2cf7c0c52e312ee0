import type { Slack } from '../simulator.ts'
import type { Message, UploadedFile, User, View } from '../state/model.ts'
import { imageTypeOf } from './image-type.ts'
import type { CommandHint, Frame, Part, ShownFile, ShownMessage, ShownUser, ShownView } from './wire.ts'

/** Who can be played, and what the composer knows. */
export interface Cast {
  readonly roles: ReadonlyMap<string, string>
  readonly hints: readonly CommandHint[]
}

/** A part of the screen, and what changes when it has to be shown anew. */
export interface Piece {
  readonly part: Part
  readonly version: string
}

/** Everything that one person sees, by the id of the part. */
export function piecesSeenBy(slack: Slack, user: User, cast: Cast): Map<string, Piece> {
  const pieces = new Map<string, Piece>()
  const add = (id: string, part: Part, version = JSON.stringify(part)) => pieces.set(id, { part, version })
  add('frame', { kind: 'frame', frame: frameOf(slack, user, cast) })
  for (const message of slack.messagesSeenBy(user))
    add(`message ${message.channelId} ${message.ts}`, { kind: 'message', message: shownMessage(message) })
  // What is typed into a view does not make it another one: the page has it already.
  const modals = slack.modalsOf(user)
  const modal = modals.at(-1)
  if (modal !== undefined)
    add('modal', { kind: 'modal', view: shownView(modal, modals.length) }, versionOf(modal))
  const home = slack.as(user).home()
  if (home !== undefined) add('home', { kind: 'home', view: shownView(home, 0) }, versionOf(home))
  return pieces
}

function versionOf(view: View): string {
  return `${view.id} ${view.hash} ${JSON.stringify(view.errors)}`
}

function frameOf(slack: Slack, me: User, { roles, hints }: Cast): Frame {
  const workspaces = slack.workspaces()
  const people = new Map(workspaces.flatMap(({ users }) => [...users]))
  const bot = slack.botOf(slack.workspaceOf(me))
  const mine = new Set(slack.channelsOf(me).map(({ id }) => id))
  const channels = workspaces
    .flatMap((workspace) => [...workspace.channels.values()])
    .filter(({ id, kind }) => kind === 'public' || mine.has(id))
  const direct = channels.find(
    ({ kind, members }) => kind === 'im' && bot !== undefined && members.has(bot.id) && members.has(me.id),
  )
  return {
    meId: me.id,
    users: [...people.values()].map((user) => shownUser(slack, user, roles)),
    channels: channels.map(({ members, ...channel }) => ({ ...channel, memberIds: [...members] })),
    groups: workspaces.flatMap(({ userGroups }) =>
      [...userGroups.values()].map(({ id, handle }) => ({ id, handle })),
    ),
    hints,
    ...(bot === undefined
      ? {}
      : { app: { userId: bot.id, ...(direct === undefined ? {} : { directChannelId: direct.id }) } }),
  }
}

function shownUser(slack: Slack, user: User, roles: ReadonlyMap<string, string>): ShownUser {
  const { id, name, realName, isBot, workspaceId, timeZone } = user
  const role = roles.get(id)
  return {
    id,
    name,
    realName,
    isBot,
    workspaceId,
    workspaceName: slack.workspaceOf(user).name,
    timeZone,
    ...(role === undefined ? {} : { role }),
  }
}

function shownMessage(message: Message): ShownMessage {
  const { ts, channelId, userId, text, blocks, attachments, threadTs, broadcast, reactions } = message
  return {
    ts,
    channelId,
    userId,
    text,
    blocks,
    attachments,
    broadcast,
    reactions,
    isForMeOnly: message.ephemeralTo !== undefined,
    isEdited: message.edits > 0,
    files: message.files.map((file) => shownFile(file)),
    ...(threadTs === undefined ? {} : { threadTs }),
  }
}

function shownFile(file: UploadedFile): ShownFile {
  const isImage = imageTypeOf(file.bytes) !== undefined
  return { id: file.id, title: file.title, sizeBytes: file.bytes.length, isImage }
}

function shownView({ id, body, state, errors }: View, depth: number): ShownView {
  return { id, body, state, errors, depth }
}
