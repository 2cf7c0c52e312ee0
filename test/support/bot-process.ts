import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BotSettings } from '../../bot/settings.ts'

export interface BotProcessSettings {
  readonly slack: BotSettings['slack']
  readonly api: BotSettings['api']
  /** Hex. */
  readonly secretKey: string
}

/** A bot that runs beside the test. */
export interface BotProcess extends AsyncDisposable {
  /** Where it takes deliveries; undefined with Socket Mode. */
  readonly requestUrl: string | undefined
  /** Ends it as a crash would. */
  kill(): void
  /** Resolves when it is gone. */
  readonly ended: Promise<unknown>
}

/** Most of the start of a process is reading its code. */
const compileCachePath = fileURLToPath(new URL('../../node_modules/.cache/test-bot', import.meta.url))
const mainPath = fileURLToPath(new URL('bot-main.ts', import.meta.url))

/** Starts a bot in a process of its own, and waits until it takes deliveries. */
export async function startBotProcess(settings: BotProcessSettings): Promise<BotProcess> {
  const child = spawn(process.execPath, [mainPath], {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: compileCachePath,
      TEST_BOT: JSON.stringify(settings),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const { stdout } = child
  const port = await portOf(stdout)
  const kill = () => void child.kill('SIGKILL')
  return {
    requestUrl: port === 0 ? undefined : `http://127.0.0.1:${port}/slack/events`,
    kill,
    ended,
    [Symbol.asyncDispose]: async () => {
      kill()
      await ended
    },
  }
}

async function portOf(stdout: AsyncIterable<unknown>): Promise<number> {
  let said = ''
  for await (const chunk of stdout) {
    said += String(chunk)
    const [, port] = /ready (\d+)\n/.exec(said) ?? []
    if (port !== undefined) return Number(port)
  }
  throw new Error('the bot process did not start')
}
