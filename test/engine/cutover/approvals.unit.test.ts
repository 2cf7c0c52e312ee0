import { expect, test } from 'vitest'
import { describeMissing, findApprovalObstacle, missingApprovals } from '../../../engine/cutover/index.ts'
import { personOf, type Actor, type RequiredApproval } from '../../../engine/index.ts'

/** The bot, which acts for people. */
function actorFor(onBehalfOf: string): Actor {
  return { kind: 'token', id: '1', name: 'bot', onBehalfOf }
}

function planned(rules: readonly RequiredApproval[], ...approved: readonly string[]) {
  return {
    requirement: { rules },
    requestedBy: actorFor('ada'),
    decisions: approved.map((person) => ({ person, actor: actorFor(person), decision: 'APPROVE' as const })),
  }
}

const dba: RequiredApproval = { rule: 'dba', required: 2, approvers: ['ada', 'ben', 'cat', 'dan'] }
const shop: RequiredApproval = { rule: 'shop', required: 1, approvers: ['ben', 'eve'] }

const ada = actorFor('ada')

test('a person is whom a token acts for, else the token itself', () => {
  expect(personOf(ada)).toBe('ada')
  expect(personOf({ kind: 'token', id: '2', name: 'ada' })).toBe('token:ada')
})

test('without a rule nothing is missing', () => {
  expect(missingApprovals(planned([]))).toEqual([])
})

test('the requester neither counts nor is asked', () => {
  expect(missingApprovals(planned([dba], 'ada'))).toEqual([
    { rule: 'dba', missing: 2, people: ['ben', 'cat', 'dan'] },
  ])
  expect(findApprovalObstacle(planned([dba]), actorFor('ada'))).toContain('asked for the plan')
})

test('one approval counts for every rule that names the person, and once', () => {
  expect(missingApprovals(planned([dba, shop], 'ben'))).toEqual([
    { rule: 'dba', missing: 1, people: ['cat', 'dan'] },
  ])
  expect(missingApprovals(planned([dba], 'ben', 'ben'))).toMatchObject([{ missing: 1 }])
  expect(missingApprovals(planned([dba, shop], 'ben', 'cat'))).toEqual([])
})

test('whoever approves must be named by a rule that still lacks approvals', () => {
  expect(findApprovalObstacle(planned([dba, shop]), actorFor('eve'))).toBeNull()
  expect(findApprovalObstacle(planned([dba, shop], 'ben'), actorFor('eve'))).toContain('names eve')
  expect(findApprovalObstacle(planned([dba, shop], 'ben'), actorFor('ben'))).toContain('already')
  expect(findApprovalObstacle(planned([dba]), actorFor('zoe'))).toContain('names zoe')
})

test('what is missing is said with who can help, also when nobody is left', () => {
  expect(describeMissing(planned([dba, shop], 'ben'))).toBe('dba needs 1 more, from cat, dan')
  expect(describeMissing(planned([{ rule: 'own', required: 1, approvers: ['ada'] }]))).toBe(
    'own needs 1 more, but nobody is left who could',
  )
})

test('a token that asked in its own name cannot approve in that of somebody', () => {
  const own: Actor = { kind: 'token', id: '1', name: 'bot' }
  expect(findApprovalObstacle({ ...planned([shop]), requestedBy: own }, actorFor('eve'))).toContain(
    'the token bot',
  )
  expect(findApprovalObstacle(planned([{ ...shop, approvers: ['token:bot'] }]), own)).toContain(
    'the token bot',
  )
  const other: Actor = { kind: 'token', id: '2', name: 'other', onBehalfOf: 'eve' }
  expect(findApprovalObstacle({ ...planned([shop]), requestedBy: own }, other)).toBeNull()
})

test('a token cannot be one more approver by leaving out for whom it acts', () => {
  const own: Actor = { kind: 'token', id: '1', name: 'bot' }
  const other: Actor = { kind: 'token', id: '2', name: 'other' }
  const rule = { rule: 'both', required: 2, approvers: ['ben', 'token:bot'] }
  expect(findApprovalObstacle({ ...planned([rule], 'ben'), requestedBy: other }, own)).toContain(
    'has approved it already',
  )
})
