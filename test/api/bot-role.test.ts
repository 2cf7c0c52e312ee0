/** The bot beside the API, in one process with it. */
import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { runBotBeside } from '../../api/bot-role.ts'
import { readConfiguration } from '../../api/configuration.ts'
import { createMount } from '../../api/http/index.ts'
import type { Clock } from '../../bot/index.ts'
import { startTestApi } from '../support/api.ts'
import { startSlack } from '../support/slack/index.ts'
import { waitFor } from '../support/wait-for.ts'

/** Time that passes when the test says so. */
function startClock() {
  const waiting: { readonly ms: number; readonly wake: () => void }[] = []
  const clock: Clock = {
    nowMs: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        waiting.push({ ms, wake: resolve })
        signal.addEventListener('abort', () => resolve(), { once: true })
      }),
  }
  return { clock, waits: () => waiting.map(({ ms }) => ms), wake: () => waiting.shift()?.wake() }
}

test.each([
  ['SLACK_BOT_TOKEN', 'auth.test', {}],
  ['SLACK_APP_TOKEN', 'apps.connections.open', { overSocket: true }],
] as const)(
  'while Slack refuses %s the API goes on, and the bot comes when it is accepted',
  async (variable, method, { overSocket = false }: { overSocket?: boolean }) => {
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    await using slack = await startSlack()
    const mount = createMount('/slack/')
    await using api = await startTestApi({ mounts: [mount.mount] })
    const refusal = slack.faults.inject({ method, answer: { kind: 'error', code: 'invalid_auth' } })
    const configuration = readConfiguration({
      SLACK_BOT_TOKEN: slack.install(slack.addWorkspace()).accessToken,
      SLACK_SIGNING_SECRET: slack.app.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      ...(overSocket && { SLACK_APP_TOKEN: slack.app.appToken }),
    })
    const { clock, waits, wake } = startClock()
    const stop = new AbortController()
    const { tokens } = api.stores
    const beside = { configuration, secretKey: randomBytes(32), tokens, log, apiUrl: api.url, clock }
    const running = runBotBeside({ ...beside, serve: mount.serve }, stop.signal)
    const untilItWaits = () =>
      waitFor(() => waits().length > 0, { describe: () => `the bot to wait (${lines.join('')})` })

    await untilItWaits()
    expect(waits()).toEqual([60_000])
    expect(lines.join('')).toContain(`Slack refuses ${variable}: invalid_auth.`)
    expect(lines.join('')).toMatch(/"remedy":"(Copy|Make)/)
    expect((await fetch(`${api.url}/slack/events`, { method: 'POST' })).status).toBe(503)
    expect((await api.query('{ me { scopes } }')).errors).toBeUndefined()
    wake()
    await untilItWaits()
    expect(refusal.hits()).toBeGreaterThanOrEqual(2)
    refusal.remove()
    wake()
    await untilItWaits()
    expect(lines.join('')).toContain('the Slack bot runs')
    const answer = await fetch(`${api.url}/slack/events`, { method: 'POST' })
    expect(answer.status).toBe(overSocket ? 503 : 401)
    stop.abort()
    await running
  },
)
