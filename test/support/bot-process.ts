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
  /** Ends it as a crash would. */
  kill(): void
  /** Resolves when it is gone. */
  readonly ended: Promise<unknown>
}

const mainPath = fileURLToPath(new URL('bot-main.ts', import.meta.url))

/** Starts a bot in a process of its own, and waits until it takes deliveries. */
export async function startBotProcess(settings: BotProcessSettings): Promise<BotProcess> {
  const child = spawn(process.execPath, [mainPath], {
    env: { ...process.env, TEST_BOT: JSON.stringify(settings) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const { stdout } = child
  const ready = (async () => {
    for await (const chunk of stdout) if (String(chunk).includes('ready')) return
    throw new Error('the bot process did not start')
  })()
  await ready
  const kill = () => void child.kill('SIGKILL')
  return {
    kill,
    ended,
    [Symbol.asyncDispose]: async () => {
      kill()
      await ended
    },
  }
}
