import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createSlackLogger } from '../../bot/slack/logger.ts'

test.each([
  'postgres://me:hunter2@db.example/shop',
  'me:hunter2@db.example/shop',
  'password=hunter2',
  'pass: hunter2',
  'passphrase=hunter2',
  'xoxb-1234-hunter2.rest',
  'xapp-1-A0GODWIT-hunter2',
  `gw_${'0a'.repeat(16)}_hunter2`,
  'https://hooks.slack.com/commands/T0/hunter2',
  'wss://wss.example/link?ticket=hunter2&app_id=1',
])('of a line of Bolt no secret is logged: %s', (line) => {
  const logged: string[] = []
  const log = pino({ level: 'trace' }, { write: (written: string) => void logged.push(written) })
  const logger = createSlackLogger(log)
  logger.warn('a request failed:', new Error(`${line} was refused`))
  expect(logged.join('')).toContain('a request failed: ')
  expect(logged.join('')).not.toContain('hunter2')
})
