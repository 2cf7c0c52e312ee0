export { createHttpHandler, graphqlPath, type Mount } from './handler.ts'
export { createInFlight } from './in-flight.ts'
export { isSameOrigin } from './same-origin.ts'
