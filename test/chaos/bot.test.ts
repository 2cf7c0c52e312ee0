/** A bot that is killed between any command and its effect: after a restart the effect has happened, once. */
import { expect, test } from 'vitest'
import { openApiGate } from '../support/api-gate.ts'
import { startBotTown } from '../support/bot.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { chooseSeed, seededRandom } from '../support/random.ts'
import { waitFor } from '../support/wait-for.ts'

/** What the bot asks of the API for one command: written down, leased, done, noted as done, lease given back. */
const requestsPerCommand = 5
const moments = Array.from({ length: requestsPerCommand }, (_, index) => index + 1).flatMap((n) => [
  { n, when: 'before' as const },
  { n, when: 'after' as const },
])

test('a bot that is killed at any moment of a command does it once', async () => {
  const random = seededRandom(chooseSeed())
  await using town = await startBotTown('socket', { startsBot: false })
  const { slack, api, maya, channel, settings } = town
  await using gate = await openApiGate(api.url)
  const processSettings = {
    slack: settings.slack,
    api: { ...settings.api, url: gate.url },
    secretKey: settings.secretKey.toString('hex'),
  }
  let commands = 0
  for (const { n, when } of moments.toSorted(() => random.next() - 0.5)) {
    const looked = watchForLook(gate)
    await using doomed = await startBotProcess(processSettings)
    await slack.untilConnected()
    await looked
    const killOn = (moment: string) => (count: number) => {
      if (moment !== when || count !== n) return true
      doomed.kill()
      return false
    }
    gate.watch({ before: killOn('before'), after: killOn('after') })
    commands += 1
    const typed = slack.as(maya).type(channel, '/migrate start')
    await doomed.ended
    gate.watch({ before: () => true, after: () => true })
    // As when the time of its lease is over.
    await deleteLeases(town)
    await using _next = await startBotProcess(processSettings)
    expect(await typed).not.toHaveProperty('error')
    const what = `${commands} effects, killed ${when} request ${n} (seed ${random.seed})`
    await waitFor(async () => (await countEffects(town)) >= commands, { describe: what })
    await waitFor(async () => (await waiting(town)) === 0, { describe: `nothing to be left, ${what}` })
    expect({ what, effects: await countEffects(town) }).toEqual({ what, effects: commands })
  }
})

/** Resolves when the bot has looked once for what was left, so that it does not come in between. */
function watchForLook(gate: Awaited<ReturnType<typeof openApiGate>>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  gate.watch({
    before: () => true,
    after: (n) => {
      if (n === 1) setImmediate(resolve)
      return true
    },
  })
  return promise
}

type Town = Awaited<ReturnType<typeof startBotTown>>

interface Keyed {
  readonly nodes: readonly { readonly key: string; readonly value: { readonly state?: string } }[]
}

async function records({ api }: Town, prefix: string): Promise<Keyed['nodes']> {
  const { data } = await api.query<{ botRecords: Keyed }>(
    'query ($prefix: String!) { botRecords(namespace: "slack", prefix: $prefix, first: 100) { nodes { key value } } }',
    { prefix },
  )
  return data!.botRecords.nodes
}

async function deleteLeases(town: Town): Promise<void> {
  for (const { key } of await records(town, 'lease/inbox/'))
    await town.api.mutate('deleteBotRecord', { namespace: 'slack', key }, 'deleted')
}

async function waiting(town: Town): Promise<number> {
  return (await records(town, 'inbox/')).filter(({ value }) => value.state === 'waiting').length
}

async function countEffects({ api }: Town): Promise<number> {
  const { data } = await api.query<{ apiTokens: { nodes: { name: string }[] } }>(
    '{ apiTokens(first: 100) { nodes { name } } }',
  )
  return data!.apiTokens.nodes.filter(({ name }) => name === 'counted').length
}
