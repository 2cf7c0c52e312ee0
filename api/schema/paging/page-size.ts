import { GodwitError } from '../../../engine/index.ts'

export const defaultPageSize = 20
const maxPageSize = 100

/** @throws GodwitError BAD_INPUT outside of 1 to 100 */
export function checkPageSize(size: number, field: string): number {
  if (size >= 1 && size <= maxPageSize) return size
  throw new GodwitError(
    'BAD_INPUT',
    `The size of ${field} is ${size}; it must be between 1 and ${maxPageSize}.`,
    {
      field,
    },
  )
}
