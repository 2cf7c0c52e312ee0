import { z } from 'zod'
import type { Interaction } from '../driver/stage.ts'
import type { Entry } from '../driver/enter.ts'
import type { Person } from '../driver/person.ts'
import type { Surface } from '../driver/find-element.ts'
import { SlackApiError, SlackClientError } from '../errors.ts'
import type { Slack } from '../simulator.ts'
import type { Channel, User } from '../state/model.ts'
import type { Act, Done, On } from './wire.ts'

const on = z.union([
  z.strictObject({ channelId: z.string(), ts: z.string() }),
  z.strictObject({ viewId: z.string() }),
])
const at = z.strictObject({ blockId: z.string(), actionId: z.string() })
const entered = z.union([z.string(), z.number(), z.array(z.string()), z.null()])
const isConfirmed = z.boolean()
const words = { channelId: z.string(), text: z.string(), threadTs: z.string().nullable() }

const actSchema: z.ZodType<Act> = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('type'), ...words }),
  z.strictObject({ do: z.literal('say'), ...words }),
  z.strictObject({ do: z.literal('click'), on, at, isConfirmed }),
  z.strictObject({ do: z.literal('choose'), on, at, entered, isConfirmed }),
  z.strictObject({ do: z.literal('enter'), on, at, entered }),
  z.strictObject({ do: z.literal('search'), on, at, query: z.string() }),
  z.strictObject({ do: z.literal('submit'), on }),
  z.strictObject({ do: z.literal('close') }),
  z.strictObject({ do: z.literal('open home') }),
  z.strictObject({ do: z.literal('dismiss'), on }),
])

/** @throws ZodError when it is nothing that a person can do */
export function parseAct(body: unknown): Act {
  return actSchema.parse(body)
}

/** Lets a person do what was done at the page, through the same driver that tests use. */
export async function act(slack: Slack, user: User, what: Act): Promise<Done> {
  try {
    return { error: null, atBlocks: {}, options: [], ...(await perform(slack, user, what)) }
  } catch (error) {
    if (error instanceof SlackClientError)
      return { error: error.message, atBlocks: error.atBlocks, options: [] }
    if (error instanceof SlackApiError) return { error: error.message, atBlocks: {}, options: [] }
    throw error
  }
}

async function perform(slack: Slack, user: User, what: Act): Promise<Partial<Done>> {
  const person = slack.as(user)
  switch (what.do) {
    case 'type':
      // When the app does not answer, Slackbot tells the person so.
      await person.type(channelOf(slack, user, what.channelId), what.text, threadOf(what))
      return {}
    case 'say':
      person.say(channelOf(slack, user, what.channelId), what.text, threadOf(what))
      return {}
    case 'click':
      return told(
        await person.click(surfaceOf(slack, person, what.on), what.at, confirmation(what.isConfirmed)),
      )
    case 'choose': {
      const surface = surfaceOf(slack, person, what.on)
      return told(
        await person.select(surface, what.at, entryOf(what.entered), confirmation(what.isConfirmed)),
      )
    }
    case 'enter': {
      const surface = surfaceOf(slack, person, what.on)
      if ('ts' in surface) throw new SlackClientError('only a view keeps what is entered')
      person.fill(surface, [[what.at, entryOf(what.entered)]])
      return {}
    }
    case 'search':
      return {
        options: await person.searchOptions(surfaceOf(slack, person, what.on), what.at, what.query),
      }
    case 'submit': {
      const surface = surfaceOf(slack, person, what.on)
      if ('ts' in surface) throw new SlackClientError('only a modal can be submitted')
      return told(await person.submit(surface))
    }
    case 'close':
      await person.closeModal()
      return {}
    case 'open home':
      return told(await person.openHome())
    case 'dismiss': {
      const surface = surfaceOf(slack, person, what.on)
      if (!('ts' in surface)) throw new SlackClientError('only a message can be dismissed')
      person.dismiss(surface)
      return {}
    }
    default:
      return what satisfies never
  }
}

function told(interaction: Interaction | undefined): Partial<Done> {
  return { error: interaction?.error ?? null }
}

function channelOf(slack: Slack, user: User, channelId: string): Channel {
  const channel = slack.channelsOf(user).find(({ id }) => id === channelId)
  if (channel === undefined) throw new SlackClientError(`${user.name} is not in that channel`)
  return channel
}

function threadOf({ threadTs }: { threadTs: string | null }): { threadTs?: string } {
  return threadTs === null ? {} : { threadTs }
}

function confirmation(isConfirmed: boolean): { confirm?: boolean } {
  return isConfirmed ? { confirm: true } : {}
}

function entryOf(value: Entry): Entry {
  return value === '' ? null : value
}

function surfaceOf(slack: Slack, person: Person, { channelId, ts, viewId }: On): Surface {
  if (viewId === undefined) {
    const message = slack.message({ channelId, ts })
    if (message === undefined) throw new SlackClientError('that message was deleted')
    return message
  }
  const view = [person.modal(), person.home()].find((candidate) => candidate?.id === viewId)
  if (view === undefined) throw new SlackClientError('that view is not open (any more)')
  return view
}
