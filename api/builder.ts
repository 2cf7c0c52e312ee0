import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import DataloaderPlugin from '@pothos/plugin-dataloader'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import type { JsonValue, Lsn, Scope } from '../engine/index.ts'
import { forbidden, holdsScope, neededScope } from './auth/index.ts'
import type { ApiContext } from './context.ts'
import { decodeNodeId, encodeId } from './schema/ids/global-id.ts'
import { defaultPageSize } from './schema/paging/page-size.ts'
import { commonErrorTypes } from './schema/errors/classes.ts'

interface SchemaTypes {
  Context: ApiContext
  AuthScopes: Record<Scope, boolean>
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    BigInt: { Input: bigint; Output: bigint }
    LSN: { Input: Lsn; Output: Lsn }
    /** Milliseconds. */
    Duration: { Input: number; Output: number }
    EventCursor: { Input: string; Output: string }
    JSON: { Input: NonNullable<JsonValue>; Output: JsonValue }
  }
}

/** A field that reads the control database once more counts as much as this many plain ones. */
export const readCost = 5

export const builder = new SchemaBuilder<SchemaTypes>({
  // Errors first: it goes around all others. A refused scope passes it, being none of its types.
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin, DataloaderPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authorizeOnSubscribe: true,
    authScopes: ({ viewer }) => ({
      read: holdsScope(viewer.scopes, 'read'),
      operate: holdsScope(viewer.scopes, 'operate'),
      approve: holdsScope(viewer.scopes, 'approve'),
      admin: holdsScope(viewer.scopes, 'admin'),
    }),
    unauthorizedError: (_parent, { viewer }, { parentType, fieldName }, { failure }) =>
      forbidden(viewer, `use ${parentType.name}.${fieldName}`, neededScope(failure)),
  },
  errors: {
    defaultTypes: [...commonErrorTypes],
    directResult: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
    },
  },
  relay: {
    encodeGlobalID: (typeName, id) => encodeId(typeName, String(id)),
    decodeGlobalID: decodeNodeId,
    nodesOnConnection: { complexity: { field: 0, multiplier: 1 } },
    nodeQueryOptions: { authScopes: { read: true }, complexity: readCost },
    nodesQueryOptions: {
      authScopes: { read: true },
      complexity: ({ ids }) => ({ field: readCost * ids.length, multiplier: ids.length }),
    },
    edgesFieldOptions: { nullable: false, complexity: { field: 0, multiplier: 1 } },
    nodeFieldOptions: { nullable: false },
    defaultConnectionFieldOptions: {
      complexity: ({ first, last }) => ({ field: readCost, multiplier: first ?? last ?? defaultPageSize }),
    },
  },
})
