import { describe, expect, it } from 'vitest'
import {
  completedMessage,
  cutoverMessage,
  escalationMessage,
  type SlackMessage,
} from '../../../bot/views/index.ts'
import { mentionsIn } from '../../support/slack/index.ts'
import { everyMessage } from './every-message.ts'
import { blocksOf, expectGolden, troubleWith } from './golden.ts'
import { completions, cutovers } from './samples-of-cutovers.ts'
import { alarms } from './samples-of-messages.ts'

describe('every message', () => {
  it.each(Object.entries(everyMessage))('looks as it should: %s', async (name, render) => {
    const message = render((data) => data)
    expect(troubleWith(message)).toEqual([])
    await expectGolden(name, message)
  })
})

describe('whom a message tells', () => {
  const toldBy = ({ text, blocks }: SlackMessage) => [
    mentionsIn({ text, blocks: [], attachments: [] }),
    mentionsIn({ text: '', blocks: blocksOf(blocks), attachments: [] }),
  ]
  const approvers = [
    { kind: 'user', id: 'U012AB3CD' },
    { kind: 'group', id: 'S012AB3CD' },
  ] as const

  const workspaceId = 'T012AB3CD'

  it('is each approver once, when a cutover waits for them', () => {
    const told = ['@U012AB3CD', '!subteam^S012AB3CD']
    expect(toldBy(cutoverMessage(cutovers.pending!, { approvers, workspaceId }))).toEqual([told, told])
  })

  it('is nobody once it is decided', () => {
    expect(toldBy(cutoverMessage(cutovers.approved!, { approvers, workspaceId }))).toEqual([[], []])
  })

  it('is whoever was named, when nobody has acknowledged an alarm', () => {
    const told = ['@U012AB3CD', '!subteam^S012AB3CD']
    expect(toldBy(escalationMessage(alarms.escalated!, { mentions: approvers }))).toEqual([told, told])
  })

  it('is nobody by an id that is none', () => {
    const odd = [{ kind: 'user', id: 'U1> <!channel' }] as const
    expect(toldBy(cutoverMessage(cutovers.pending!, { approvers: odd, workspaceId }))).toEqual([[], []])
  })

  it('is somebody of Slack whom the API knows by their id only', () => {
    const completed = completions['with-broken-glass']!
    const report = completed.report!
    const person = 'slack:T012AB3CD/U045EF6GH'
    const message = completedMessage(
      { ...completed, report: { ...report, requestedBy: person } },
      workspaceId,
    )
    expect(toldBy(message)).toEqual([['@U045EF6GH'], ['@U045EF6GH']])
  })
})
