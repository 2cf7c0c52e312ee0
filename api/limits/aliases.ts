import { type DocumentNode, visit } from 'graphql'
import { GodwitError } from '../../engine/index.ts'

/**
 * Refuses a document with many aliases: each asks for the same field once more.
 * @throws GodwitError QUERY_TOO_MANY_ALIASES
 */
export function assertAliases(document: DocumentNode, maxAliases: number): void {
  let count = 0
  visit(document, {
    Field(field) {
      if (field.alias !== undefined) count++
    },
  })
  if (count > maxAliases) {
    throw new GodwitError(
      'QUERY_TOO_MANY_ALIASES',
      `The query has ${count} aliases; it may have at most ${maxAliases}.`,
    )
  }
}
