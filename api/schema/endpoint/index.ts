import './queries.ts'
import './mutations.ts'
import './objects.ts'
import './password-link.ts'
import './update.ts'

export { EndpointRef } from './type.ts'
