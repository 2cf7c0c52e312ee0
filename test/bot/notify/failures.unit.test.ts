/** What becomes of a call by what Slack has answered. */
import { webApi } from '@slack/bolt'
import { expect, test } from 'vitest'
import { isChannelGone, judge } from '../../../bot/notify/failures.ts'
import { toSlackCallError } from '../../../bot/slack/errors.ts'
import { notInstalled, SlackCallError } from '../../../bot/slack/index.ts'

function answered(code: string): SlackCallError {
  return toSlackCallError(
    'chat.postMessage',
    new webApi.WebAPIPlatformError({ ok: false, error: code, response_metadata: {} }),
  )
}

test.each(['not_in_channel', 'restricted_action', 'restricted_action_read_only_channel', 'no_permission'])(
  'where Slack answers %s, nothing can be posted in the channel',
  (code) => expect(isChannelGone(answered(code))).toBe(true),
)

test.each(['org_login_required', 'ekm_access_denied', 'access_denied'])(
  'what Slack refuses with %s may succeed later',
  (code) => expect(judge(answered(code))).toBe('later'),
)

test('without a scope the bot waits until it is installed again', () => {
  expect(judge(answered('missing_scope'))).toBe('shut out')
})

test('a workspace that has taken the app out is waited for by nobody', () => {
  const error = new SlackCallError('chat.postMessage', 'auth', notInstalled)
  expect(isChannelGone(error)).toBe(true)
  expect(judge(error)).toBe('never')
})
