import { expect, test } from 'vitest'
import { ruleOf, validateOverride, type AlarmRuleOverride } from '../../../../engine/index.ts'

test('what is not set is as by default, and the mark to clear keeps its proportion', () => {
  expect(ruleOf('LAG_SECONDS')).toEqual({
    kind: 'LAG_SECONDS',
    enabled: true,
    raise: 60,
    clear: 30,
    samples: 3,
    clearSamples: 3,
  })
  expect(ruleOf('LAG_SECONDS', { kind: 'LAG_SECONDS', raise: 10 })).toMatchObject({ raise: 10, clear: 5 })
  expect(ruleOf('SLOT_AT_RISK', { kind: 'SLOT_AT_RISK', raise: 10 })).toMatchObject({ raise: 10, clear: 20 })
})

test.each<[AlarmRuleOverride, string]>([
  [{ kind: 'LAG_SECONDS', raise: 10, clear: 10 }, 'rules[0].clear'],
  [{ kind: 'LAG_SECONDS', clear: 61 }, 'rules[0].clear'],
  [{ kind: 'SLOT_AT_RISK', raise: 2 ** 31, clear: 2 ** 31 }, 'rules[0].clear'],
  [{ kind: 'SLOT_AT_RISK', raise: 0, clear: 1 }, 'rules[0].raise'],
  [{ kind: 'SLOT_AT_RISK', raise: 2 ** 30 - 1 }, 'rules[0].raise'],
  [{ kind: 'SLOT_AT_RISK', samples: 2 }, 'rules[0].samples'],
  [{ kind: 'LAG_SECONDS', raise: -1 }, 'rules[0].raise'],
  [{ kind: 'LAG_SECONDS', raise: Number.NaN }, 'rules[0].raise'],
  [{ kind: 'LAG_SECONDS', raise: 2 ** 60 }, 'rules[0].raise'],
  [{ kind: 'LAG_SECONDS', raise: 0 }, 'rules[0].clear'],
  [{ kind: 'MIGRATION_FAILED', raise: 2 }, 'rules[0].raise'],
  [{ kind: 'LAG_SECONDS', samples: 0 }, 'rules[0].samples'],
  [{ kind: 'LAG_SECONDS', samples: 1.5 }, 'rules[0].samples'],
  [{ kind: 'LAG_SECONDS', clearSamples: 61 }, 'rules[0].clearSamples'],
  [{ kind: 'WORKER_LOST', samples: 2 }, 'rules[0].samples'],
])('%j is refused at the field %s', (override, field) => {
  expect(() => validateOverride(override, 'rules[0]')).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT', field }),
  )
})

test.each<AlarmRuleOverride>([
  { kind: 'LAG_SECONDS', raise: 10 },
  { kind: 'LAG_SECONDS', raise: 10, clear: 9.5, samples: 60, clearSamples: 1 },
  { kind: 'SLOT_AT_RISK', raise: 2 ** 31, samples: 1 },
  { kind: 'WORKER_LOST', raise: 120 },
  { kind: 'MIGRATION_FAILED', enabled: false },
])('%j is accepted', (override) => {
  expect(() => validateOverride(override, 'rules[0]')).not.toThrow()
})

test.each(['SLOT_AT_RISK', 'COMPARISON_DIFFERENT', 'TARGET_DIVERGED', 'SOURCE_FENCED'] as const)(
  '%s cannot be switched off',
  (kind) => {
    expect(() => validateOverride({ kind, enabled: false }, 'rules[0]')).toThrow(
      expect.objectContaining({ code: 'ALARM_NOT_MUTABLE' }),
    )
  },
)
