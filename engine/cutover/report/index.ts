export { suggestCleanUp } from './clean-up.ts'
export { renderReport } from './markdown.ts'
