import { expect, test } from 'vitest'
import { judgePlan } from '../../../engine/cutover/index.ts'
import type { CutoverMeasurement } from '../../../engine/index.ts'
import { calm } from './measurement.ts'

const mebibyte = 1024n * 1024n

function judge(planned: Partial<CutoverMeasurement>, found: Partial<CutoverMeasurement>, version = 5) {
  return judgePlan(
    { measured: { ...calm, ...planned }, migrationVersion: 5 },
    { measured: { ...calm, ...found }, migrationVersion: version },
  )
}

test('what is as planned, or better, holds', () => {
  expect(judge({}, {})).toEqual([])
  expect(judge({ lagSeconds: 30, lagBytes: 500n * mebibyte }, {})).toEqual([])
})

test.each([
  ['a small lag may grow to 10 s', 0, 10, []],
  ['not further', 0, 10.1, ['The lag is worse: from 0 s to 10.1 s, more than 10 s.']],
  ['a large one may double', 20, 40, []],
  ['not more', 20, 41, ['The lag is worse: from 20 s to 41 s, more than 40 s.']],
])('seconds: %s', (_name, planned, found, reasons) => {
  expect(judge({ lagSeconds: planned }, { lagSeconds: found })).toEqual(reasons)
})

test.each([
  ['a small lag may grow to 64 MiB', 0n, 64n * mebibyte, []],
  [
    'not further',
    1n,
    64n * mebibyte + 1n,
    ['The lag is worse: from 1 to 67108865 bytes, more than 67108864 bytes.'],
  ],
  ['a large one may double', 100n * mebibyte, 200n * mebibyte, []],
  [
    'not more',
    100n * mebibyte,
    200n * mebibyte + 1n,
    ['The lag is worse: from 104857600 to 209715201 bytes, more than 209715200 bytes.'],
  ],
])('bytes: %s', (_name, planned, found, reasons) => {
  expect(judge({ lagBytes: planned }, { lagBytes: found })).toEqual(reasons)
})

test('a warning that the plan did not have voids it, whatever it says; one that it had does not', () => {
  const warning = { code: 'LONG_TRANSACTION', message: 'It is open for 70 s.', remedy: 'Wait.' }
  expect(judge({ warnings: [warning] }, { warnings: [{ ...warning, message: 'For 90 s.' }] })).toEqual([])
  expect(judge({ warnings: [warning] }, {})).toEqual([])
  expect(judge({}, { warnings: [warning] })).toEqual([
    'A warning is new: from none to LONG_TRANSACTION (It is open for 70 s.)',
  ])
})

test('a migration that has changed voids it; every reason is said', () => {
  expect(judge({}, { lagSeconds: 60 }, 7)).toEqual([
    'The migration has changed: from version 5 to 7.',
    'The lag is worse: from 0 s to 60 s, more than 10 s.',
  ])
})
