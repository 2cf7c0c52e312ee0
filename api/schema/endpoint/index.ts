import './queries.ts'
import './mutations.ts'

export { EndpointRef } from './type.ts'
