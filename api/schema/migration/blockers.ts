import { type ErrorCode, type Migration, type VerifyReport } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { ErrorCodeEnum } from '../errors/index.ts'

/** Something that keeps a migration from moving on. */
export interface Blocker {
  readonly kind: 'PROBLEM' | 'WAITING_FOR_RETRY' | 'VERIFY_CHECK'
  readonly message: string
  readonly remedy: string
  readonly code: ErrorCode | null
  readonly statements: readonly string[]
  readonly until: Date | null
}

/** @param report needed in status VERIFY_FAILED only */
export function blockersOf(migration: Migration, report: VerifyReport | null): readonly Blocker[] {
  return [...problemsOf(migration), ...failedChecks(report)]
}

function problemsOf({ problem, nextAttemptAt }: Migration): readonly Blocker[] {
  if (problem === null) return []
  const { code, message, remedy } = problem
  return [
    {
      kind: nextAttemptAt === null ? 'PROBLEM' : 'WAITING_FOR_RETRY',
      message,
      remedy,
      code,
      statements: [],
      until: nextAttemptAt,
    },
  ]
}

function failedChecks(report: VerifyReport | null): readonly Blocker[] {
  const failed = report?.checks.filter(({ outcome }) => outcome === 'failed') ?? []
  return failed.map(({ title, detail, remedy, statements }) => ({
    kind: 'VERIFY_CHECK',
    message: `${title}: ${detail}`,
    remedy: remedy ?? 'Mend it, then verify again.',
    code: null,
    statements,
    until: null,
  }))
}

const BlockerKind = builder.enumType('BlockerKind', {
  values: {
    PROBLEM: { description: 'A failure that needs someone to act.' },
    WAITING_FOR_RETRY: { description: 'A failure after which Godwit tries again by itself.' },
    VERIFY_CHECK: { description: 'A failed check of verify.' },
  } as const satisfies Record<Blocker['kind'], { description: string }>,
})

export const BlockerRef = builder.objectRef<Blocker>('Blocker').implement({
  description: 'Why a migration does not move on, and what to do.',
  fields: (t) => ({
    kind: t.expose('kind', { type: BlockerKind }),
    message: t.exposeString('message'),
    remedy: t.exposeString('remedy'),
    code: t.expose('code', { type: ErrorCodeEnum, nullable: true }),
    statements: t.expose('statements', {
      type: ['String'],
      description: 'Statements that mend it, ready to run.',
    }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'When Godwit tries again by itself.',
    }),
  }),
})
