export type { PreparedOperation } from './operations.ts'
export { serveWebSockets } from './serve.ts'
