export { createHttpHandler, graphqlPath, type HttpNeeds, passwordPath } from './handler.ts'
export { createInFlight } from './in-flight.ts'
export { isSameOrigin } from './same-origin.ts'
