import { type DocumentNode, visit } from 'graphql'
import { GodwitError } from '../../engine/index.ts'

/** Refuses questions about the schema. @throws GodwitError INTROSPECTION_DISABLED */
export function assertNoIntrospection(document: DocumentNode): void {
  visit(document, {
    Field({ name: { value } }) {
      if (value === '__schema' || value === '__type') {
        throw new GodwitError('INTROSPECTION_DISABLED', 'Introspection is switched off on this server.')
      }
    },
  })
}
