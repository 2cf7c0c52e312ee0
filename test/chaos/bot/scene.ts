import type { BotTown, TransportName } from '../../support/bot.ts'
import { type BotProcess, startBotProcess } from '../../support/bot-process.ts'
import { openGate } from '../../support/gate.ts'

/** The last request of a process, to Slack or to the API: it dies before it is answered, or before it even arrives. */
export interface Moment {
  readonly n: number
  readonly side: 'before' | 'after'
}

/** One bot at a time, in a process of its own. */
export interface Scene extends AsyncDisposable {
  isDead(): boolean
  /** Requests are counted from here. */
  killAt(moment: Moment): void
  /** Resolves when it is gone, with all that it has asked for, and the time of its leases over. */
  kill(): Promise<void>
  restart(): Promise<void>
}

export async function openScene(town: BotTown, transport: TransportName): Promise<Scene> {
  const { api, slack, settings } = town
  await using opening = new AsyncDisposableStack()
  const gate = opening.use(await openGate({ '/graphql': api.url, '/api/': slack.apiUrl }))
  const processSettings = {
    slack: {
      ...settings.slack,
      apiUrl: `${gate.url}/api/`,
      ...(transport === 'socket' && { appToken: slack.app.appToken }),
    },
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
    killAt: ({ n, side }) => {
      const pass = (at: Moment['side']) => (count: number) => {
        if (count === n && at === side) {
          isDead = true
          bot?.kill()
        }
        return !isDead
      }
      gate.watch({ before: pass('before'), after: pass('after') })
    },
    kill: async () => {
      bot?.kill()
      await bot?.ended
      await gate.untilIdle()
      await slack.until('no connection', () => slack.sockets.connectionCount === 0 || undefined)
      await api.database.query("delete from godwit_control.bot_records where key like 'lease/%'")
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
