import { actionIds } from './action-ids.ts'
import { actions, button } from './blocks/buttons.ts'
import { context, header, lines, plainContext, section } from './blocks/layout.ts'
import { plain } from './blocks/text.ts'
import type { MigrationCard } from './card/fragment.ts'
import { whatIsSafe } from './card/safety.ts'
import { message, type SlackMessage } from './message.ts'
import { apiText } from './api-text.ts'
import { code, given, mrkdwn, none, sentences } from './mrkdwn.ts'
import { route } from './route.ts'
import { stepWords } from './words/steps.ts'

/** A failure that waits for a person: what happened, what is safe now, what to do. */
export function failedMessage(migration: MigrationCard): SlackMessage {
  const { problem, steps, shortId: m, version: v, availableActions } = migration
  const step = steps.find(({ status }) => status === 'FAILED')
  const safe = given(whatIsSafe(migration), 300)
  return message({
    text: sentences([
      mrkdwn`${migration.name} has failed`,
      problem === null ? none : apiText(problem.message, 300),
      problem === null ? none : apiText(problem.remedy, 300),
      safe,
    ]),
    blocks: [
      header('🔴 Migration failed'),
      plainContext(plain`${migration.name}  ·  ${route(migration)}  ·  ${m}`),
      section(
        lines(
          step === undefined ? none : mrkdwn`*What happened* while ${lower(stepWords[step.name].doing)}`,
          problem === null ? none : apiText(problem.message, 800),
        ),
      ),
      ...(problem === null ? [] : [section(mrkdwn`*What to do*\n${apiText(problem.remedy, 800)}`)]),
      section(mrkdwn`*What is safe now*\n${safe}`),
      ...(problem === null ? [] : [context(code(problem.code))]),
      ...actions('failed', [
        ...(availableActions.includes('RETRY')
          ? [
              button({
                text: 'Retry from checkpoint',
                action: actionIds.retry,
                value: { m, v },
                style: 'primary',
              }),
            ]
          : []),
        ...(availableActions.includes('CANCEL')
          ? [button({ text: 'Cancel…', action: actionIds.cancel, value: { m, v } })]
          : []),
      ]),
    ],
  })
}

function lower(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1)
}
