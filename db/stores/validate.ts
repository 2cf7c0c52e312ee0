import { GodwitError } from '../../engine/index.ts'

/** An error for a field that cannot be accepted; `why` completes "<field> …". */
export function badInput(field: string, why: string): GodwitError {
  return new GodwitError('BAD_INPUT', `${field} ${why}.`, { field })
}

/** @throws GodwitError BAD_INPUT unless the text can be stored and says something */
export function requireText(field: string, value: string, maxLength: number): void {
  if (value.trim() === '') throw badInput(field, 'must not be empty')
  requireStorable(field, value, maxLength)
}

/** @throws GodwitError BAD_INPUT for what PostgreSQL cannot hold in text or JSON, and for too much of it */
export function requireStorable(field: string, value: string, maxLength: number): void {
  if (value.length > maxLength) throw badInput(field, `must not be longer than ${maxLength} characters`)
  if (value.includes('\0')) throw badInput(field, 'must not contain a NUL character')
  if (!value.isWellFormed()) throw badInput(field, 'must be valid Unicode')
}

export function requirePort(field: string, port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return
  throw badInput(field, 'must be a whole number from 1 to 65535')
}
