/** Nothing secret is kept or logged, at any level. */
import { expect, test } from 'vitest'
import { startBotTown, transports } from '../support/bot.ts'

const password = 'hunter2-correct-horse'

test.each(transports)(
  'a password that is typed is refused privately and kept nowhere, over %s',
  async (transport) => {
    await using town = await startBotTown(transport)
    const { slack, maya, channel, api } = town
    await slack.as(maya).type(channel, `/migrate new postgres://app:${password}@db.example/shop`)
    const refused = await town.heard(maya, 'change the password now')
    expect(JSON.stringify(refused.blocks)).toContain('New endpoint')
    expect(slack.messages(channel)).toEqual([])
    expect(town.logged()).not.toContain(password)
    expect(api.logged()).not.toContain(password)
    const { nodes } = await recordsOf(town)
    const notOfTheBotItself = nodes.filter(({ key }) => !/^(nonce|lease|cursor)\//.test(key))
    expect(notOfTheBotItself).toEqual([])
  },
)

test.each(transports)('neither tokens nor payloads are logged, over %s', async (transport) => {
  await using town = await startBotTown(transport)
  const { slack, settings, maya, channel, api } = town
  await slack.as(maya).type(channel, '/migrate help "and a remark of my own"')
  await town.heard(maya, 'There is no')
  slack.faults.inject({ method: 'users.info', times: 1, answer: { kind: 'http', status: 500 } })
  await slack.as(town.ben).type(channel, '/migrate whoami')
  await town.heard(town.ben, 'Slack does not tell')
  await town.stopBot()
  const logged = town.logged() + api.logged()
  for (const secret of [
    settings.slack.botToken,
    slack.app.appToken,
    slack.app.signingSecret,
    slack.app.verificationToken,
    'a remark of my own',
    '/commands/',
  ])
    expect(logged).not.toContain(secret)
})

test('what is written down of a delivery cannot be read without the key', async () => {
  await using town = await startBotTown('http')
  const { slack, maya, channel } = town
  slack.faults.inject({ method: 'users.info', answer: { kind: 'hang' }, forMs: 60_000 })
  await slack.as(maya).type(channel, '/migrate help "and a remark of my own"')
  const { nodes } = await recordsOf(town)
  expect(nodes.filter(({ key }) => key.startsWith('inbox/'))).toMatchObject([{ value: { state: 'waiting' } }])
  expect(JSON.stringify(nodes)).not.toContain('remark')
  slack.clock.advance(60_000)
})

interface Noted {
  readonly nodes: readonly { readonly key: string; readonly value: unknown }[]
}

async function recordsOf({ api }: Awaited<ReturnType<typeof startBotTown>>): Promise<Noted> {
  const { data } = await api.query<{ botRecords: Noted }>(
    '{ botRecords(namespace: "slack", first: 100) { nodes { key value } } }',
  )
  return data!.botRecords
}
