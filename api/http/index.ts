export { createHttpHandler, graphqlPath, type HttpNeeds, type Mount, passwordPath } from './handler.ts'
export { createMount, type LateMount } from './late-mount.ts'
export { createInFlight } from './in-flight.ts'
export { isSameOrigin } from './same-origin.ts'
