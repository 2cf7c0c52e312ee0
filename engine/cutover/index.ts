export { analyzeTables } from './analyze.ts'
export { refreshMaterializedViews } from './materialized-views.ts'
export { alignSequences } from './sequences.ts'
