export { countRows } from './count-rows.ts'
