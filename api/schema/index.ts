import { builder } from '../builder.ts'
import './scalars/index.ts'
import './endpoint/index.ts'
import './migration/index.ts'
import './queue/index.ts'
import './approval/index.ts'
import './cutover/index.ts'
import './event/index.ts'
import './lag/index.ts'
import './alarm/index.ts'
import './token/index.ts'
import './audit/index.ts'
import './webhook/index.ts'
import './bot-record/index.ts'

// What each field needs is said at the field; these are the least, should one not say.
builder.queryType({ authScopes: { read: true } })
builder.mutationType({ authScopes: { operate: true } })
builder.subscriptionType({ authScopes: { read: true } })

/** The GraphQL schema. `api/schema.graphql` is what it prints. */
export const schema = builder.toSchema()
