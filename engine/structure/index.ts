export { dumpVersion } from './dump.ts'
export {
  type RestoreRequest,
  type RestoreResult,
  restoreStructure,
  type StructureProgress,
} from './restore.ts'
