/** The bot in a process of its own, for tests that kill it. Over HTTP it says on which port it listens. */
import { createServer } from 'node:http'
import { flushCompileCache } from 'node:module'
import { pino } from 'pino'
import { startBot } from '../../bot/index.ts'
import { parseRoles } from '../../bot/settings.ts'
import type { BotProcessSettings } from './bot-process.ts'
import { listenOnLoopback } from './listen.ts'

// Who is killed later has no time for that.
flushCompileCache()
const settings: BotProcessSettings = JSON.parse(process.env.TEST_BOT ?? '{}')
const bot = await startBot({
  slack: settings.slack,
  api: settings.api,
  roles: parseRoles('admin=*'),
  allowExternal: false,
  secretKey: Buffer.from(settings.secretKey, 'hex'),
  log: pino({ level: process.env.TEST_LOG ?? 'fatal' }, pino.destination(2)),
})
process.stdout.write(
  `ready ${bot.listener === undefined ? 0 : await listenOnLoopback(createServer(bot.listener))}\n`,
)
