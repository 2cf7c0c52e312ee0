import './queries.ts'
import './mutations.ts'
import './objects.ts'

export { EndpointRef } from './type.ts'
