export { readPageRequest, toConnection } from './connection.ts'
export { pageInMemory } from './page-in-memory.ts'
export { checkPageSize, defaultPageSize } from './page-size.ts'
