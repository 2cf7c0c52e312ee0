/**
 * A bot that is killed between what a person does and its effect: what was acknowledged is written down, and after a
 * restart the effect has happened, once.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBotTown, type TransportName, transports } from '../support/bot.ts'
import { startTestWorker, TestMigration } from '../support/control.ts'
import { chooseSeed, type Random, seededRandom } from '../support/random.ts'
import { createDatabase } from '../support/servers.ts'
import { waitFor } from '../support/wait-for.ts'
import { type ChaosTown, type Deed, deeds } from './bot/deeds.ts'
import { type Effects, effectsOf, isSettled, since, toldLast } from './bot/effects.ts'
import { type Moment, openScene, type Scene } from './bot/scene.ts'

/** Until it is acknowledged the bot makes at most as many requests; from there on it is the same over both transports. */
const arrival = 3
/** How often each thing is done, besides once while it arrives. */
const laterRounds = { http: 2, socket: 0 } as const

let town: ChaosTown
const opened = new AsyncDisposableStack()

beforeAll(async () => {
  const bare = opened.use(await startBotTown('http', { startsBot: false }))
  const source = opened.use(await createDatabase('source'))
  const target = opened.use(await createDatabase('target'))
  await source.query('create table a (id int primary key); insert into a values (1), (2)')
  const following = await TestMigration.create(bare.api.stores, { source, target })
  // No longer than that: it would go on with what the deeds begin.
  await using _worker = startTestWorker(bare.api.stores)
  await following.start()
  await following.waitForStep('INCREMENTAL')
  town = { ...bare, following }
})
afterAll(() => opened.disposeAsync())

test.each(transports)(
  'a bot that is killed at any moment does everything once, over %s',
  async (transport) => {
    const random = seededRandom(chooseSeed())
    await using scene = await openScene(town, transport)
    for (const { deed, moment } of chooseRounds(transport, random)) {
      const what = `${deed.name}, killed ${moment.side} request ${moment.n}, over ${transport} (seed ${random.seed})`
      await expectEffectOnce({ deed, moment, what }, scene)
    }
  },
)

interface Round {
  readonly deed: Deed
  readonly moment: Moment
}

/** Every moment of the arrival is there, and of what comes later some for each deed. */
function chooseRounds(transport: TransportName, random: Random): readonly Round[] {
  const arriving = shuffled(momentsOf(1, arrival), random)
  const rounds = deeds.flatMap((deed, index) => {
    const later = shuffled(momentsOf(arrival + 1, deed.requests), random).slice(0, laterRounds[transport])
    return [arriving[index % arriving.length]!, ...later].map((moment) => ({ deed, moment }))
  })
  return shuffled(rounds, random)
}

function momentsOf(first: number, last: number): readonly Moment[] {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return numbers.flatMap((n) => [{ n, side: 'before' } as const, { n, side: 'after' } as const])
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const keyed = items.map((item) => ({ item, key: random.next() }))
  return keyed.toSorted((one, other) => one.key - other.key).map(({ item }) => item)
}

async function expectEffectOnce(
  { deed, moment, what }: Round & { readonly what: string },
  scene: Scene,
): Promise<void> {
  const { act, subject } = await deed.prepare(town)
  const past = await effectsOf(town, deed, subject)
  const effects = async (): Promise<Effects> => since(past, await effectsOf(town, deed, subject))
  const wait = (wanted: string, condition: () => Promise<boolean>) =>
    waitFor(condition, {
      describe: async () =>
        `${wanted} of ${what}; there is ${JSON.stringify(await effects())}, and she was last told ${toldLast(town)}`,
    })

  scene.killAt(moment)
  const doing = act()
  await wait('the death or the effect', async () => scene.isDead() || isSettled(deed, await effects()))
  await scene.kill()
  const left = await effects()
  const isTaken = town.slack.deliveries.at(-1)?.outcome?.acknowledged === true
  expect({ what, isLost: isTaken && left.noted === 0 }).toEqual({ what, isLost: false })

  await scene.restart()
  const isAcknowledged = (await doing)?.error === undefined
  const again = isAcknowledged || !deed.isDoneAgain ? undefined : await act()
  expect({ what, error: again?.error }).toEqual({ what, error: undefined })
  const isSure = isAcknowledged || again !== undefined
  await wait('the effect', async () => isSettled(deed, await effects(), isSure))
  const { done, status, said, waiting } = await effects()
  // What Slack has told the person not to have arrived may have been done all the same.
  const isDone = isSure || done.length > 0
  // What Slack has taken while the process died has nothing to be found by, and is said once more.
  const isInDoubt = left.said === 1 && left.waiting > 0
  expect({ what, done, status, said: isInDoubt ? Math.min(said, 1) : said, waiting }).toEqual({
    what,
    done: isDone ? deed.operations : [],
    status: isDone ? deed.status : left.status,
    said: isDone && deed.says !== null ? 1 : 0,
    waiting: 0,
  })
}
