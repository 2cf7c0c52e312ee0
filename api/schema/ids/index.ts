export { encodeId, readId, readMigrationId } from './global-id.ts'
