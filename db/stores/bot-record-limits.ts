import type { BotRecordKey, PutBotRecord } from '../../engine/index.ts'
import { badInput, requireStorable } from './validate.ts'

const maxValueBytes = 64 * 1024
const minExpiryMs = 1_000
const maxExpiryMs = 400 * 86_400_000
const maxVersion = 2_147_483_647

/** @throws GodwitError BAD_INPUT */
export function checkRecordKey({ namespace, key }: BotRecordKey): void {
  checkNamespace(namespace)
  if (!/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,300}$/u.test(key))
    throw badInput('key', 'must be 1 to 300 printable characters')
}

/** @throws GodwitError BAD_INPUT */
export function checkWithin(namespace: string, prefix: string): void {
  checkNamespace(namespace)
  if (!/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{0,300}$/u.test(prefix))
    throw badInput('prefix', 'must be at most 300 printable characters')
}

/** @throws GodwitError BAD_INPUT */
export function checkPut({ value, expectedVersion, expiresInMs, ...at }: PutBotRecord): void {
  checkRecordKey(at)
  checkRecordVersion(expectedVersion)
  checkValue(value)
  if (expiresInMs === undefined) return
  if (expiresInMs >= minExpiryMs && expiresInMs <= maxExpiryMs) return
  throw badInput('expiresIn', 'must be from 1 second to 400 days')
}

/** @throws GodwitError BAD_INPUT */
export function checkRecordVersion(expectedVersion: number | undefined): void {
  if (expectedVersion === undefined) return
  if (Number.isInteger(expectedVersion) && expectedVersion >= 0 && expectedVersion <= maxVersion) return
  throw badInput('expectedVersion', 'must be 0 for none, or a version that a record had')
}

function checkNamespace(namespace: string): void {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(namespace)) return
  throw badInput(
    'namespace',
    'must be 1 to 40 small letters, digits and hyphens, of which the first is a letter',
  )
}

function checkValue(value: PutBotRecord['value']): void {
  const text = JSON.stringify(value, (name, each: unknown) => {
    requireStorable('value', name, maxValueBytes)
    if (typeof each === 'string') requireStorable('value', each, maxValueBytes)
    return each
  })
  if (Buffer.byteLength(text) > maxValueBytes)
    throw badInput('value', 'must not be longer than 64 KiB as JSON')
}
