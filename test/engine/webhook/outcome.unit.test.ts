import { expect, test } from 'vitest'
import { describeFailure, judgeAttempt } from '../../../engine/webhook/outcome.ts'
import { defaultWebhookSettings } from '../../../engine/webhook/settings.ts'

const hour = 3_600_000
const facts = { attempt: 1, jitter: 0.5, nowMs: Date.parse('2026-01-02T03:04:05Z') }
const { retryDelaysMs } = defaultWebhookSettings

function answered(statusCode: number, retryAfter: string | null = null, excerpt = '') {
  return { answer: { statusCode, retryAfter, excerpt } }
}

function delayAfter(header: string | null, attempt = 1): number | null {
  return judgeAttempt(answered(503, header), { ...facts, attempt }, defaultWebhookSettings).retryInMs
}

test.each([200, 201, 204, 299])('%i is a success', (statusCode) => {
  expect(judgeAttempt(answered(statusCode), facts, defaultWebhookSettings)).toEqual({
    statusCode,
    error: null,
    retryInMs: null,
    disableReason: null,
  })
})

test.each([100, 301, 302, 307, 400, 401, 404, 429, 500, 503])('%i is tried again', (statusCode) => {
  expect(judgeAttempt(answered(statusCode), facts, defaultWebhookSettings)).toEqual({
    statusCode,
    error: expect.stringContaining(String(statusCode)),
    retryInMs: 5_000,
    disableReason: null,
  })
})

test('no answer is tried again', () => {
  const judged = judgeAttempt({ failure: 'Nobody there.' }, facts, defaultWebhookSettings)
  expect(judged).toMatchObject({ statusCode: null, error: 'Nobody there.', retryInMs: 5_000 })
})

test('410 ends the delivery and disables the webhook', () => {
  expect(judgeAttempt(answered(410), facts, defaultWebhookSettings)).toMatchObject({
    retryInMs: null,
    disableReason: expect.stringContaining('410'),
  })
})

test('the delays grow, and after the last there is no further attempt', () => {
  const delays = retryDelaysMs.map((_, index) => delayAfter(null, index + 1))
  expect(delays).toEqual(retryDelaysMs)
  expect(delays).toEqual(delays.toSorted((a, b) => Number(a) - Number(b)))
  expect(delayAfter(null, retryDelaysMs.length + 1)).toBeNull()
  expect(delayAfter('60', retryDelaysMs.length + 1)).toBeNull()
})

test('jitter takes off or adds up to a fifth', () => {
  const delay = (jitter: number) =>
    judgeAttempt(answered(500), { ...facts, jitter }, defaultWebhookSettings).retryInMs
  expect([delay(0), delay(1)]).toEqual([4_000, 6_000])
})

test.each([
  ['seconds', '120', 120_000],
  ['a date', 'Fri, 02 Jan 2026 03:14:05 GMT', 600_000],
  ['more than a day', '999999', 24 * hour],
  ['less than the own delay', '1', 5_000],
  ['a date in the past', 'Fri, 02 Jan 2020 03:14:05 GMT', 5_000],
  ['nonsense', 'soon', 5_000],
])('Retry-After is honoured within bounds: %s', (_what, header, expected) => {
  expect(delayAfter(header)).toBe(expected)
})

test('what a receiver answered becomes one short line that can be stored', () => {
  const failure = describeFailure(answered(500, null, `no\0\n\tgood \uD800${'x'.repeat(1_000)}`))
  expect(failure).toMatch(/^The receiver answered 500: no good \uFFFDx+$/)
  expect(failure).toHaveLength(500)
})

test('a redirect is named as such', () => {
  expect(describeFailure(answered(302))).toContain('redirects are not followed')
})
