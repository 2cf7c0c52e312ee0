import { type Logger, LogLevel } from '@slack/bolt'
import type { Logger as Pino } from 'pino'
import { secretForms } from '../secret-forms.ts'

/** Parts of URLs that let in whoever has them. */
const secrets = [...secretForms, /([?&](?:ticket|code|state)=)[^&\s]+/gi]

const maxLength = 500

/**
 * For Bolt and what it is made of. At the level of debugging they write whole payloads, with what people typed and the
 * URLs to answer them: that is dropped, also when Godwit itself logs at that level.
 */
export function createSlackLogger(log: Pino): Logger {
  return {
    debug: () => undefined,
    info: (...parts) => log.debug({ from: 'slack' }, toLine(parts)),
    warn: (...parts) => log.warn({ from: 'slack' }, toLine(parts)),
    error: (...parts) => log.error({ from: 'slack' }, toLine(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}

/** Objects are left out: nobody knows what is in them. */
function toLine(parts: readonly unknown[]): string {
  const texts = parts.map((part) => (part instanceof Error ? part.message : part))
  const line = texts.filter((part) => typeof part === 'string').join(' ')
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, '…'), line).slice(0, maxLength)
}
