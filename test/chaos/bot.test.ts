/** A bot that is killed between what a person does and its effect: after a restart the effect has happened, once. */
import { expect, test } from 'vitest'
import type { Migration } from '../../engine/index.ts'
import { createMigration } from '../db/fixtures.ts'
import { type BotTown, startBotTown, transports } from '../support/bot.ts'
import { type BotProcess, startBotProcess } from '../support/bot-process.ts'
import { chooseSeed, seededRandom } from '../support/random.ts'
import { openGate } from '../support/gate.ts'
import type { Slack } from '../support/slack/index.ts'
import { waitFor } from '../support/wait-for.ts'

type Interaction = Awaited<ReturnType<ReturnType<Slack['as']>['type']>>

/** Something that a person does to a migration. */
interface Deed {
  readonly name: string
  /** What the audit log calls its effect. */
  readonly operation: string
  /** Gets everything ready, and returns the last step, from which on the bot may die. */
  readonly prepare: (town: BotTown, migration: Migration) => Promise<() => Promise<Interaction | undefined>>
}

const deeds: readonly Deed[] = [
  {
    name: 'a command',
    operation: 'migration.verify',
    prepare: async ({ slack, maya, channel }, { shortId }) => {
      return () => slack.as(maya).type(channel, `/migrate verify ${shortId}`)
    },
  },
  {
    name: 'a click',
    operation: 'migration.verify',
    prepare: async (town, { shortId }) => {
      const { slack, maya, channel } = town
      await slack.as(maya).type(channel, `/migrate status ${shortId}`)
      const card = await slack.waitForMessage(
        ({ ephemeralTo, blocks }) => ephemeralTo === maya.id && JSON.stringify(blocks).includes(shortId),
      )
      return () => slack.as(maya).click(card, 'Verify')
    },
  },
  {
    name: 'a submission',
    operation: 'migration.cancel',
    prepare: async ({ slack, api, maya, channel }, { shortId, targetId }) => {
      await slack.as(maya).type(channel, `/migrate cancel ${shortId}`)
      const modal = await slack.waitForModal(maya, ({ body }) => JSON.stringify(body).includes(shortId))
      const target = await api.stores.endpoints.find(targetId)
      return () => slack.as(maya).submit(modal, { 'typed-name': target?.name ?? '' })
    },
  },
]

/** How often each thing is done; more requests than the bot makes for any of them. */
const rounds = 2
const mostRequests = 12

test.each(transports)(
  'a bot that is killed at any moment does everything once, over %s',
  async (transport) => {
    const random = seededRandom(chooseSeed())
    await using town = await startBotTown(transport, { startsBot: false })
    await using scene = await openScene(town)
    const toDo = deeds.flatMap((deed) => Array.from({ length: rounds }, () => deed))
    for (const deed of toDo.toSorted(() => random.next() - 0.5)) {
      const migration = await createMigration(town.api.stores)
      const doDeed = await deed.prepare(town, migration)
      const moment = { n: random.between(1, mostRequests), side: random.pick(['before', 'after'] as const) }
      const what = `${deed.name}, killed ${moment.side} request ${moment.n} (seed ${random.seed})`
      const effects = () => effectsOf(town, deed, migration)

      scene.killAt(moment)
      const doing = doDeed()
      await waitFor(async () => scene.isDead() || (await isSettled(effects)), {
        describe: async () => `${what}; there is ${JSON.stringify(await effects())}`,
      })
      await scene.kill()
      const before = await effects()
      const isInDoubt = before.said === 1 && before.waiting > 0
      await scene.restart()
      const isAcknowledged = (await doing)?.error === undefined
      await waitFor(() => isSettled(effects, isAcknowledged), {
        describe: async () => `${what} to be done; there is ${JSON.stringify(await effects())}`,
      })
      const after = await effects()
      // What Slack has taken while the process died has nothing to be found by, and is said once more.
      const said = isInDoubt ? Math.min(after.said, 1) : after.said
      // What Slack has told the person not to have arrived may have been done all the same.
      const done = isAcknowledged ? 1 : Math.min(after.done, 1)
      expect({ what, ...after, said }).toEqual({ what, done, said: done, waiting: 0 })
    }
  },
)

interface Effects {
  /** Audit entries. */
  readonly done: number
  /** What everyone in the channel reads of it. */
  readonly said: number
  /** Deliveries that are written down and not done. */
  readonly waiting: number
}

async function effectsOf(town: BotTown, deed: Deed, { id, shortId }: Migration): Promise<Effects> {
  const { items } = await town.api.stores.audit.list({ first: 100 })
  const { slack, channel } = town
  return {
    done: items.filter(({ item }) => item.operation === deed.operation && item.subjectId === id).length,
    said: slack.messages(channel).filter(({ text }) => text.includes(shortId)).length,
    waiting: (await records(town, 'inbox/')).filter(({ value }) => value.state === 'waiting').length,
  }
}

/** What was not acknowledged may not have come at all: then it is not waited for. */
async function isSettled(effects: () => Promise<Effects>, mustBeDone = true): Promise<boolean> {
  const { done, said, waiting } = await effects()
  return waiting === 0 && (!mustBeDone || (done > 0 && said > 0))
}

interface Moment {
  readonly n: number
  readonly side: 'before' | 'after'
}

/** One bot at a time, whose requests to Slack and to the API can be its last. */
async function openScene(town: BotTown) {
  const { api, slack, settings } = town
  await using opening = new AsyncDisposableStack()
  const gate = opening.use(await openGate({ '/graphql': api.url, '/api/': slack.apiUrl }))
  const processSettings = {
    slack: { ...settings.slack, apiUrl: `${gate.url}/api/` },
    api: { ...settings.api, url: gate.url },
    secretKey: settings.secretKey.toString('hex'),
  }
  let bot: BotProcess | undefined
  let isDead = false
  const restart = async () => {
    isDead = false
    gate.watch({ before: () => true, after: () => true })
    bot = await startBotProcess(processSettings)
    slack.deliverTo(bot.requestUrl)
    if (bot.requestUrl === undefined) await slack.untilConnected()
  }
  opening.defer(async () => bot?.[Symbol.asyncDispose]())
  await restart()
  const opened = opening.move()
  return {
    isDead: () => isDead,
    restart,
    killAt: ({ n, side }: Moment) => {
      const pass = (at: Moment['side']) => (count: number) => {
        if (count === n && at === side) {
          isDead = true
          bot?.kill()
        }
        return !isDead
      }
      gate.watch({ before: pass('before'), after: pass('after') })
    },
    /** Resolves when it is gone, and the time of its leases over. */
    kill: async () => {
      bot?.kill()
      await bot?.ended
      await slack.until('no connection', () => slack.sockets.connectionCount === 0 || undefined)
      for (const { key } of await records(town, 'lease/'))
        await api.mutate('deleteBotRecord', { namespace: 'slack', key }, 'deleted')
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

interface Noted {
  readonly key: string
  readonly value: { readonly state?: string }
}

async function records({ api }: BotTown, prefix: string): Promise<readonly Noted[]> {
  const { data } = await api.query<{ botRecords: { nodes: readonly Noted[] } }>(
    'query ($prefix: String!) { botRecords(namespace: "slack", prefix: $prefix, first: 100) { nodes { key value } } }',
    { prefix },
  )
  return data!.botRecords.nodes
}
