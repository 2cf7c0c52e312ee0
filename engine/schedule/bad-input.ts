import { GodwitError } from '../errors.ts'

/** An error for an input that cannot be accepted; `message` is a whole sentence. */
export function badInput(field: string, message: string, remedy?: string): GodwitError {
  return new GodwitError('BAD_INPUT', message, { field, ...(remedy !== undefined && { remedy }) })
}
