export { copyTables, type CopyRequest } from './copy-tables.ts'
export { openSnapshot } from './snapshot.ts'
export { startOver } from './start-over.ts'
