export { forbidden, neededScope } from './forbidden.ts'
export { holdsScope } from './scopes.ts'
export { authenticate, commandContext, credentialsOf, type Viewer } from './viewer.ts'
